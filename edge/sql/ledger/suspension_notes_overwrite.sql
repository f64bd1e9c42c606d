UPDATE suspension_note SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x')
WHERE suspension_id IN (SELECT id FROM suspension WHERE referrer_id IN (SELECT value FROM json_each(?)))
