SELECT state, currency, sum(amount), sum(rewards)
FROM balance
WHERE person_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1) AND rewards > 0
GROUP BY state, currency
ORDER BY state, currency
