DELETE FROM portal_session WHERE referrer_id IN (SELECT value FROM json_each(?))
