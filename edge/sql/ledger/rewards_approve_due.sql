UPDATE reward SET state = 'approved' WHERE state = 'pending' AND approval <> 'manual' AND available_at <= ?
