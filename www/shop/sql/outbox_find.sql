SELECT path, body, attempts, due_at, trouble, status, answer FROM outbox WHERE idempotency_key = ?1
