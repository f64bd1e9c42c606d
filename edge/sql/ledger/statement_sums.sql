SELECT currency, sum(granted), sum(taken_back), sum(paid), sum(returned) FROM (
  SELECT currency, granted_amount AS granted, taken_back_amount AS taken_back, 0 AS paid, 0 AS returned FROM earning
  WHERE person_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
  UNION ALL
  SELECT p.currency, 0, 0, -l.amount, iif(l.state = 'returned', l.amount, 0)
  FROM payout_line l JOIN payout p ON p.id = l.payout_id
  WHERE l.person_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1) AND l.state IN ('paid', 'returned')
)
GROUP BY currency ORDER BY currency
