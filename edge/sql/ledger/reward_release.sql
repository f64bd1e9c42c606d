UPDATE reward SET state = 'pending', reason = NULL WHERE id = ? AND state = 'held' AND reason = 'flagged'
