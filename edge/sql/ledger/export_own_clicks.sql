SELECT json_object('click_id', click_id, 'referrer_id', referrer_id) FROM own_click WHERE referrer_id IN (SELECT value FROM json_each(?)) ORDER BY click_id
