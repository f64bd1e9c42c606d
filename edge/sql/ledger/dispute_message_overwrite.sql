UPDATE dispute_message SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x')
WHERE dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?)))
