UPDATE metadata SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x')
WHERE conversion_id IN (SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?)))
