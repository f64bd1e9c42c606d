SELECT o.seq, json_object(
  'id', c.id,
  'kind', c.kind,
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'attribution', json(iif(
    o.outcome IS NULL,
    -- The friend's signed click is the merchant's to know.
    json_remove(c.attribution, '$.click_id'),
    json_object('status', 'unattributed', 'reason', o.outcome)
  )),
  'rewards', (
    SELECT json_group_array(json(r.body))
    FROM reward_shown r WHERE r.conversion_id = c.id AND r.person_id = ?1
  ),
  'dispute', json((
    SELECT json_object('id', d.id, 'status', coalesce(e.decision, 'open'), 'note', e.note)
    FROM dispute d LEFT JOIN dispute_decision e ON e.dispute_id = d.id
    WHERE d.about = c.id AND d.referrer_id IN (?1, ?2)
    ORDER BY d.seq DESC LIMIT 1
  ))
)
FROM (
  SELECT * FROM (SELECT seq, NULL AS outcome FROM conversion WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 10)
  UNION ALL
  SELECT * FROM (SELECT conversion_seq, outcome FROM runner_up WHERE referrer_id = ?1 ORDER BY conversion_seq DESC LIMIT 10)
) o
JOIN conversion c ON c.seq = o.seq
ORDER BY o.seq DESC
LIMIT 10
