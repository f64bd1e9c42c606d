UPDATE reward SET state = 'approved' WHERE id IN (SELECT value FROM json_each(?)) AND state = 'pending'
