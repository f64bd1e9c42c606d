DELETE FROM own_click WHERE referrer_id IN (SELECT value FROM json_each(?))
