INSERT INTO audit (at, actor, action, subject, request_id) VALUES (?, ?, ?, ?, ?)
