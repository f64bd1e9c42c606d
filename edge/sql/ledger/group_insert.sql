INSERT INTO referrer_group (id, name, created_at) VALUES (?, ?, ?)
