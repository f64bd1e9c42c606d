UPDATE reward SET reason = 'flagged'
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'held' AND reason = 'suspended'
