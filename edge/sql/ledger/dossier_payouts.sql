SELECT l.payout_id, l.amount, p.currency, l.state, p.created_at
FROM payout_line l JOIN payout p ON p.id = l.payout_id
WHERE l.person_id IN (
  SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1
)
ORDER BY p.seq DESC, l.seq DESC
LIMIT ?2
