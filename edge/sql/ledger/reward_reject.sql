UPDATE reward SET state = 'voided', reason = ? WHERE id = ? AND state IN ('pending', 'approved', 'held')
