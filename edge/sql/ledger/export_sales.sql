SELECT s.body FROM conversion c JOIN sale_shown s ON s.id = c.id
WHERE c.friend_id IN (SELECT value FROM json_each(?)) ORDER BY c.seq
