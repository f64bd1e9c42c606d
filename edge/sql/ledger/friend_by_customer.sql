SELECT id, referrer_id, code, click_id, clicked_at FROM friend WHERE customer_id = ?
