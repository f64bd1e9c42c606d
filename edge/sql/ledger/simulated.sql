SELECT c.kind, EXISTS (SELECT 1 FROM lead_stage s WHERE s.lead_id = c.id AND s.stage = 'qualified'), coalesce(r.referrer_id, c.referrer_id), c.friend_id,
  iif(c.currency = ?1, c.amount, (SELECT x.amount FROM exchange x WHERE x.conversion_id = c.id)), c.occurred_at
FROM conversion c
LEFT JOIN reattribution r ON r.conversion_id = c.id AND r.number = (SELECT max(number) FROM reattribution WHERE conversion_id = c.id)
WHERE c.seq < ?2 AND (c.referrer_id IS NOT NULL OR r.seq IS NOT NULL)
ORDER BY c.seq DESC
LIMIT ?3
