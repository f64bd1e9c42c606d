SELECT
  (SELECT count(*) FROM lead_stage s JOIN conversion c ON c.id = s.lead_id
    WHERE s.stage = 'qualified' AND c.occurred_at >= ?1 AND c.occurred_at < ?2),
  count(*) FILTER (WHERE c.kind = 'sale'),
  count(*) FILTER (WHERE c.kind = 'lead')
FROM conversion c
WHERE c.referrer_id IS NOT NULL AND c.occurred_at >= ?1 AND c.occurred_at < ?2
  AND EXISTS (SELECT 1 FROM reward r WHERE r.conversion_id = c.id)
