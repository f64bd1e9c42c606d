SELECT day, currency, sum(granted_amount + taken_back_amount) FROM earning
WHERE person_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1) AND day >= ?2 AND day <= ?3
GROUP BY day, currency
