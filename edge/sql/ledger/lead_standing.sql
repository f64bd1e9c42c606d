SELECT c.friend_id, coalesce(x.referrer_id, c.referrer_id), c.occurred_at, coalesce(x.terms_version, c.terms_version),
  coalesce((SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1), 'new'),
  (SELECT s.reason FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1),
  -- What went with the credit is granted no more.
  (
    SELECT coalesce(sum(r.amount), 0) FROM reward r
    WHERE r.conversion_id = c.id AND (r.side = 'friend' OR r.credit_number = coalesce(x.number, 0))
  ),
  EXISTS (
    SELECT 1 FROM flag f JOIN flag_decision d ON d.flag_id = f.id
    WHERE f.conversion_id = c.id AND f.referrer_id = coalesce(x.referrer_id, c.referrer_id) AND d.decision = 'confirmed'
  ),
  c.seq
FROM conversion c
LEFT JOIN reattribution x ON x.conversion_id = c.id AND x.number = (SELECT max(number) FROM reattribution WHERE conversion_id = c.id)
WHERE c.id = ? AND c.kind = 'lead'
