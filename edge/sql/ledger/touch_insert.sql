INSERT INTO touch (friend_id, click_id, code, clicked_at, told_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (friend_id, click_id) DO NOTHING
