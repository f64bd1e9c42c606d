INSERT INTO readiness (point, done, note, amount, created_at) VALUES (?, ?, ?, ?, ?)
