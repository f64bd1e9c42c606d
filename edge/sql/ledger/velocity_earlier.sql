SELECT c.id, c.friend_id, (
  SELECT json_group_array(json_array(f.rule, f.weight))
  FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id
  WHERE f.conversion_id = c.id AND d.flag_id IS NULL
)
FROM conversion c
WHERE c.referrer_id = ?1 AND c.occurred_at > ?2 AND c.occurred_at <= ?3
  AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND f.rule = 'velocity')
LIMIT 200
