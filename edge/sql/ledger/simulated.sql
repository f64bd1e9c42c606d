SELECT c.kind, EXISTS (SELECT 1 FROM lead_stage s WHERE s.lead_id = c.id AND s.stage = 'qualified'), coalesce(r.referrer_id, c.referrer_id), c.friend_id,
  iif(c.currency = ?1, c.amount, (SELECT x.amount FROM exchange x WHERE x.conversion_id = c.id)), c.occurred_at
FROM conversion c
LEFT JOIN reattribution r ON r.conversion_id = c.id AND r.number = (SELECT max(number) FROM reattribution WHERE conversion_id = c.id)
WHERE c.seq < ?2 AND c.seq > iif(?4 IS NULL, 0, (SELECT max(seq) FROM conversion) - ?5)
  AND (c.referrer_id IS NOT NULL OR r.seq IS NOT NULL)
  AND (?4 IS NULL OR ?4 = (SELECT m.group_id FROM membership m WHERE m.referrer_id = coalesce(r.referrer_id, c.referrer_id) ORDER BY m.seq DESC LIMIT 1))
ORDER BY c.seq DESC
LIMIT ?3
