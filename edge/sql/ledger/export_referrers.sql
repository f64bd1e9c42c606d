SELECT body FROM referrer_shown WHERE id IN (SELECT value FROM json_each(?))
