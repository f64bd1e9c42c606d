DELETE FROM portal_link WHERE referrer_id IN (SELECT value FROM json_each(?))
