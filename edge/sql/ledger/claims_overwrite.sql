UPDATE claim SET email = printf('%.*c', length(CAST(email AS BLOB)), 'x') WHERE id IN (SELECT value FROM json_each(?))
