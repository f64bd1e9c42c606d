INSERT INTO rebinding (id, friend_id, referrer_id, code, click_id, clicked_at, cause, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
