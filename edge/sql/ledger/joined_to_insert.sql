INSERT INTO joined_to (referrer_id, identified_id, joined_at) VALUES (?, ?, ?)
