INSERT INTO reading (id, since, bounds, personal, started_at) VALUES (?, ?, ?, ?, ?)
