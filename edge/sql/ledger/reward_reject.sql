UPDATE reward SET state = 'voided', reason = 'fraud' WHERE id = ? AND state IN ('pending', 'approved', 'held')
