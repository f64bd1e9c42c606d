SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1
