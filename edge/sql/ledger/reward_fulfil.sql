UPDATE reward SET state = 'paid' WHERE id = ? AND state = 'approved' AND perk IS NOT NULL
