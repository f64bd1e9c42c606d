SELECT s.body FROM flag f JOIN flag_shown s ON s.id = f.id
WHERE f.friend_id IN (SELECT value FROM json_each(?)) ORDER BY f.seq
