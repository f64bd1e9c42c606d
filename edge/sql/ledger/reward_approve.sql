UPDATE reward SET state = 'approved' WHERE id = ? AND state = 'pending'
