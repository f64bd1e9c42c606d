UPDATE reward SET state = 'held', reason = 'flagged'
WHERE conversion_id IN (SELECT value FROM json_each(?1)) AND side = ?2 AND state IN ('pending', 'approved')
