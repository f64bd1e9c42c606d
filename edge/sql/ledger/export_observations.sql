SELECT json_object('conversion_id', c.id, 'facts', json(o.body)) FROM conversion c JOIN observation o ON o.conversion_seq = c.seq
WHERE c.friend_id IN (SELECT value FROM json_each(?)) ORDER BY c.seq
