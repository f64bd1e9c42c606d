WITH account (id) AS (SELECT coalesce((SELECT identified_id FROM joined_to WHERE referrer_id = ?1), ?1))
SELECT s.state, s.cause, n.body, s.at
FROM suspension s LEFT JOIN suspension_note n ON n.suspension_id = s.id
WHERE s.referrer_id IN (
  SELECT id FROM account
  UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = (SELECT id FROM account)
)
ORDER BY s.seq DESC LIMIT 20
