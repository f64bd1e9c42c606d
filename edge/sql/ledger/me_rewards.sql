SELECT r.state, r.currency, sum(e.amount), count(DISTINCT r.id)
FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id
WHERE r.person_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
GROUP BY r.state, r.currency
ORDER BY r.state, r.currency
