SELECT id FROM referrer WHERE code = ?1 UNION ALL SELECT referrer_id FROM further_code WHERE code = ?1
