INSERT INTO friend (id, customer_id, referrer_id, code, click_id, clicked_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
