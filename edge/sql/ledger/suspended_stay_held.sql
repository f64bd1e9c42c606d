UPDATE reward SET reason = 'flagged'
WHERE person_id = ?1 AND state = 'held' AND reason = 'suspended' AND conversion_id IN (SELECT value FROM json_each(?2))
