UPDATE reward SET state = 'pending', reason = NULL
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'held' AND reason = 'suspended'
