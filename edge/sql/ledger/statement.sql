WITH mine (id) AS (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
SELECT at, kind, subject, rule, conversion_id, amount, currency FROM (
  SELECT e.created_at AS at, iif(e.taken_back_by IS NULL, 'granted', 'taken_back') AS kind, e.reward_id AS subject, r.rule, r.conversion_id, e.amount, e.currency
  FROM mine m
  JOIN entry e ON e.seq IN (
    SELECT n.seq FROM entry n WHERE n.account = m.id AND substr(n.account, 1, 4) = 'rfr_' ORDER BY n.created_at DESC, n.reward_id LIMIT ?2
  )
  JOIN reward r ON r.id = e.reward_id
  UNION ALL
  SELECT l.decided_at, 'paid', l.id, NULL, NULL, -l.amount, p.currency
  FROM payout_line l JOIN payout p ON p.id = l.payout_id
  WHERE l.person_id IN (SELECT id FROM mine) AND l.state IN ('paid', 'returned')
  UNION ALL
  SELECT l.decided_at, 'returned', l.id, NULL, NULL, l.amount, p.currency
  FROM payout_line l JOIN payout p ON p.id = l.payout_id
  WHERE l.person_id IN (SELECT id FROM mine) AND l.state = 'returned'
)
ORDER BY at DESC, subject
LIMIT ?2
