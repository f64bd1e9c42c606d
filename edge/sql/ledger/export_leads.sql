SELECT l.body FROM conversion c JOIN lead_shown l ON l.id = c.id
WHERE c.friend_id IN (SELECT value FROM json_each(?)) ORDER BY c.seq
