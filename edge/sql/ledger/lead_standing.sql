SELECT c.friend_id, c.referrer_id, c.occurred_at, c.terms_version,
  coalesce((SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1), 'new'),
  (SELECT s.reason FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1),
  (SELECT coalesce(sum(r.amount), 0) FROM reward r WHERE r.conversion_id = c.id),
  EXISTS (SELECT 1 FROM flag f JOIN flag_decision d ON d.flag_id = f.id WHERE f.conversion_id = c.id AND d.decision = 'confirmed')
FROM conversion c
WHERE c.id = ? AND c.kind = 'lead'
