UPDATE reward SET state = iif(available_at <= ?2, 'approved', 'pending'), reason = NULL
WHERE person_id = ?1 AND state = 'held' AND reason = 'suspended'
