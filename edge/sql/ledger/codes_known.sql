SELECT code FROM referrer WHERE code IN (SELECT value FROM json_each(?))
