SELECT json_object(
  'id', c.id,
  'kind', c.kind,
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  -- The friend's signed click is the merchant's to know.
  'attribution', json_remove(c.attribution, '$.click_id'),
  'rewards', (
    SELECT json_group_array(json(r.body))
    FROM reward_shown r WHERE r.conversion_id = c.id AND r.person_id = ?1
  )
)
FROM conversion c
WHERE c.referrer_id = ?1
ORDER BY c.seq DESC
LIMIT 10
