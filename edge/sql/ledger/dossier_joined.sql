SELECT r.id, r.code FROM joined_to j JOIN referrer r ON r.id = j.referrer_id WHERE j.identified_id = ? ORDER BY r.seq LIMIT 50
