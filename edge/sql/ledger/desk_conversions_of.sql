WITH mine (id) AS (SELECT ?4 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?4)
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'kind', c.kind,
  'order_id', iif(c.kind = 'sale', c.natural_key, NULL),
  'event', iif(c.kind = 'lead', substr(c.natural_key, 1, instr(c.natural_key, ' ') - 1), NULL),
  'customer_id', c.customer_id,
  'amount', c.amount,
  'currency', c.currency,
  'refunded_amount', (SELECT coalesce(sum(a.amount), 0) FROM refund_applied a WHERE a.conversion_id = c.id),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'referrer_id', coalesce((SELECT x.referrer_id FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), c.referrer_id),
  'reason', iif(EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id), NULL, c.reason),
  'stage', iif(c.kind = 'lead', coalesce((SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1), 'new'), NULL),
  'flagged', json(iif(EXISTS (
    SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND NOT EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = f.id)
  ), 'true', 'false'))
)
FROM (
  SELECT n.seq FROM mine m
  JOIN conversion n ON n.seq IN (
    -- The plus keeps the order of the index of whose they are, which a page needs.
    SELECT k.seq FROM credit k
    WHERE k.referrer_id = m.id AND k.seq < ?1 AND (?3 IS NULL OR k.kind = ?3)
      AND +k.occurred_at >= ?5 AND +k.occurred_at < ?6
      AND (?7 = 0 OR EXISTS (SELECT 1 FROM refund_applied a WHERE a.conversion_id = k.id AND a.amount > 0))
    ORDER BY k.seq DESC LIMIT ?2
  )
  ORDER BY n.seq DESC LIMIT ?2
) o
JOIN conversion c ON c.seq = o.seq
ORDER BY c.seq DESC
