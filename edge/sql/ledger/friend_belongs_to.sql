SELECT referrer_id FROM friend_bound WHERE id = ?
