UPDATE reward SET state = 'approved' WHERE state = 'pending' AND available_at <= ?
