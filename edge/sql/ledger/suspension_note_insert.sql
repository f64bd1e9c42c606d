INSERT INTO suspension_note (suspension_id, body) VALUES (?, ?)
