SELECT code, clicks FROM total WHERE code IN (SELECT value FROM json_each(?))
