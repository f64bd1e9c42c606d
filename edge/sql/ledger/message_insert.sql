INSERT INTO message (dispute_id, body) VALUES (?, ?)
