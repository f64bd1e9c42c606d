UPDATE dispute_message SET body = ''
WHERE dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?)))
