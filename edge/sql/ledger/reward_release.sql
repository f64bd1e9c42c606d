UPDATE reward SET state = iif(available_at <= ?1, 'approved', 'pending'), reason = NULL
WHERE id = ?2 AND state = 'held' AND reason = 'flagged'
