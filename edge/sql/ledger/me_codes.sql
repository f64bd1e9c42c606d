SELECT code FROM referrer WHERE id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
UNION ALL
SELECT code FROM further_code WHERE referrer_id = ?1
