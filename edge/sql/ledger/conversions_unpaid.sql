SELECT DISTINCT c.id, c.friend_id
FROM reward r JOIN conversion c ON c.id = r.conversion_id
WHERE r.person_id IN (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1)
  AND r.state IN ('pending', 'approved', 'held')
  AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND f.rule = 'shared_target')
LIMIT 200
