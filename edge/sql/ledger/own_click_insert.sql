INSERT INTO own_click (click_id, referrer_id) VALUES (?, ?) ON CONFLICT (click_id) DO NOTHING
