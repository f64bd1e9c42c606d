INSERT INTO look (version, body, created_at) VALUES (?, ?, ?)
