SELECT coalesce(j.identified_id, r.id) FROM referrer r LEFT JOIN joined_to j ON j.referrer_id = r.id WHERE r.id = ?
