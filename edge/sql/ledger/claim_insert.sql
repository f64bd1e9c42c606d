INSERT INTO claim (id, click_id, code, clicked_at, customer_id, email, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
