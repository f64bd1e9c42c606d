INSERT INTO metadata (conversion_id, body) VALUES (?, ?)
