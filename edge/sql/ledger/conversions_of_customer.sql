SELECT c.id FROM friend f JOIN conversion c ON c.friend_id = f.id WHERE f.customer_id = ? ORDER BY c.seq DESC LIMIT 20
