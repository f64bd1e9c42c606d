SELECT c.kind, c.seq, c.friend_id, c.customer_id, c.amount, c.occurred_at, coalesce(x.referrer_id, c.referrer_id), coalesce(x.number, 0),
  iif(c.currency = (SELECT currency FROM program), c.amount, (SELECT e.amount FROM exchange e WHERE e.conversion_id = c.id)),
  (SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1),
  EXISTS (
    SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND NOT EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = f.id)
  ),
  (
    SELECT l.payout_id FROM reward r
    JOIN payout_item i ON i.reward_id = r.id AND i.freed_at IS NULL
    JOIN payout_line l ON l.id = i.line_id AND l.state = 'created'
    WHERE r.conversion_id = c.id AND r.side = 'referrer' LIMIT 1
  ),
  t.body
FROM conversion c
JOIN trace t ON t.conversion_id = c.id
LEFT JOIN reattribution x ON x.conversion_id = c.id AND x.number = (SELECT max(number) FROM reattribution WHERE conversion_id = c.id)
WHERE c.id = ?
