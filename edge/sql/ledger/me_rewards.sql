SELECT r.state, r.currency, sum(e.amount), count(DISTINCT r.id)
FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id
WHERE r.person_id = ?
GROUP BY r.state, r.currency
ORDER BY r.state, r.currency
