SELECT id, body FROM flag_shown WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq
