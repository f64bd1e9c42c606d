UPDATE reward SET state = 'voided', reason = 'refunded' WHERE id = ? AND state IN ('pending', 'approved', 'held')
