UPDATE observation SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x')
WHERE conversion_seq IN (SELECT seq FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?)))
