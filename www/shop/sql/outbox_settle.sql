UPDATE outbox SET status = ?2, answer = ?3, trouble = NULL WHERE id = ?1
