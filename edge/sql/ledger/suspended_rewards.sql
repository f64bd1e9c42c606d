WITH account (id) AS (SELECT coalesce((SELECT identified_id FROM joined_to WHERE referrer_id = ?1), ?1))
SELECT r.id, r.conversion_id
FROM reward r
WHERE r.person_id IN (
  SELECT id FROM account
  UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = (SELECT id FROM account)
)
  AND r.state = 'held' AND r.reason = 'suspended'
