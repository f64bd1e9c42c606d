UPDATE reward SET state = 'held', reason = 'flagged' WHERE id = ? AND state IN ('pending', 'approved')
