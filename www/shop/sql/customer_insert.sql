INSERT INTO customer (id, email, name, password_hash, click_id, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (email) DO NOTHING
