UPDATE reward SET reason = 'reattributed' WHERE id = ? AND state = 'paid'
