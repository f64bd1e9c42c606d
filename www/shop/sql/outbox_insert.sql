INSERT INTO outbox (idempotency_key, customer_id, path, body, due_at) VALUES (?1, ?2, ?3, ?4, ?5)
