SELECT c.id, c.friend_id
FROM credit c
WHERE c.referrer_id IN (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1)
  AND c.occurred_at > ?2 AND c.occurred_at <= ?3
  AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND f.rule = 'velocity')
LIMIT 200
