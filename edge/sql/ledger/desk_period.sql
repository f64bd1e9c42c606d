SELECT
  (SELECT count(*) FROM lead_stage s JOIN conversion c ON c.id = s.lead_id
    WHERE s.stage = 'qualified' AND c.occurred_at >= ?1 AND c.occurred_at < ?2),
  (SELECT count(DISTINCT r.conversion_id) FROM reward r JOIN conversion c ON c.id = r.conversion_id
    WHERE c.occurred_at >= ?1 AND c.occurred_at < ?2)
