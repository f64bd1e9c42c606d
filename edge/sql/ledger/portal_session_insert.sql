INSERT INTO portal_session (id, hash, referrer_id, identified, browser, created_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
