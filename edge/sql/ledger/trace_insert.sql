INSERT INTO trace (conversion_id, body) VALUES (?, ?)
