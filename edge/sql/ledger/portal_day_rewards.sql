SELECT strftime('%Y-%m-%d', e.created_at / 1000.0, 'unixepoch'), e.currency, sum(e.amount)
FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id
WHERE r.person_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
  AND e.created_at >= ?2 AND e.created_at < ?3
GROUP BY 1, 2
