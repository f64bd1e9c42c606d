INSERT INTO session (digest, click_id, expires_at) VALUES (?1, ?2, ?3)
