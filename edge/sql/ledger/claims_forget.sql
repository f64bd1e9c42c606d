UPDATE claim SET email = NULL WHERE id IN (SELECT value FROM json_each(?))
