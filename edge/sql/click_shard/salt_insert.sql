INSERT OR IGNORE INTO salt (day, salt) VALUES (?, ?)
