INSERT INTO portal_link (hash, referrer_id, identified, created_at) VALUES (?, ?, ?, ?)
