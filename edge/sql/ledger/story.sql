SELECT json_patch(json_patch(t.body, coalesce(
  (SELECT x.rules FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), '{}'
)), json_object(
  'conversion_id', c.id,
  'kind', c.kind,
  'order_id', iif(c.kind = 'sale', c.natural_key, NULL),
  'event', iif(c.kind = 'lead', substr(c.natural_key, 1, instr(c.natural_key, ' ') - 1), NULL),
  'customer_id', c.customer_id,
  'amount', c.amount,
  'currency', c.currency,
  'exchange_rate', (SELECT e.rate FROM exchange e WHERE e.conversion_id = c.id),
  'recorded_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.recorded_at / 1000.0, 'unixepoch'),
  'attribution', json(coalesce(
    (SELECT x.attribution FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), c.attribution
  )),
  'flags', (
    SELECT json_group_array(json_object(
      'id', f.id, 'rule', f.rule, 'weight', f.weight, 'referrer_id', f.referrer_id,
      'status', coalesce(d.decision, 'open'), 'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.decided_at / 1000.0, 'unixepoch')
    ))
    FROM (SELECT * FROM flag WHERE conversion_id = c.id ORDER BY seq) f LEFT JOIN flag_decision d ON d.flag_id = f.id
  ),
  'rewards', (
    SELECT json_group_array(json(r.body)) FROM (SELECT body FROM reward_shown WHERE conversion_id = c.id ORDER BY seq) r
  ),
  'refunds', (
    SELECT json_group_array(json_object('refund_id', a.refund_id, 'amount', a.amount, 'applied_at', strftime('%Y-%m-%dT%H:%M:%fZ', a.applied_at / 1000.0, 'unixepoch')))
    FROM refund_applied a WHERE a.conversion_id = c.id
  ),
  'stages', (
    SELECT json_group_array(json_object(
      'stage', s.stage, 'reason', nullif(s.reason, ''), 'decided_by', s.decided_by, 'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', s.decided_at / 1000.0, 'unixepoch')
    ))
    FROM (SELECT * FROM lead_stage WHERE lead_id = c.id ORDER BY seq) s
  ),
  'decisions', (
    SELECT json_group_array(json_object('reward_id', d.reward_id, 'decision', d.decision, 'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.decided_at / 1000.0, 'unixepoch')))
    FROM reward r JOIN reward_decision d ON d.reward_id = r.id WHERE r.conversion_id = c.id
  ),
  'reattributions', (
    SELECT json_group_array(json_object(
      'dispute_id', x.dispute_id, 'lost_by', x.lost_by, 'referrer_id', x.referrer_id, 'code', x.code, 'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', x.decided_at / 1000.0, 'unixepoch')
    ))
    FROM (SELECT * FROM reattribution WHERE conversion_id = c.id ORDER BY number) x
  ),
  'disputes', (
    SELECT json_group_array(json_object('id', d.id, 'referrer_id', d.referrer_id, 'status', s.body ->> '$.status'))
    FROM dispute d JOIN dispute_shown s ON s.id = d.id WHERE d.about = c.id
  )
))
FROM conversion c JOIN trace t ON t.conversion_id = c.id
WHERE c.id = ?
