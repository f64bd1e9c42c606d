DELETE FROM person WHERE id IN (SELECT value FROM json_each(?))
