SELECT o.seq, json_object(
  'id', c.id,
  'kind', c.kind,
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'attribution', json(iif(
    o.outcome IS NULL,
    -- The friend's signed click is the merchant's to know.
    json_remove(o.attribution, '$.click_id'),
    json_object('status', 'unattributed', 'reason', o.outcome)
  )),
  'rewards', (
    SELECT json_group_array(json(r.body))
    -- Few have a conversion, many may be of one person.
    FROM reward_shown r WHERE r.conversion_id = c.id AND +r.person_id = ?1
  ),
  'dispute', json((
    SELECT json_object('id', d.id, 'status', s.body ->> '$.status', 'note', s.body ->> '$.note')
    FROM dispute d JOIN dispute_shown s ON s.id = d.id
    WHERE d.about = c.id AND d.referrer_id IN (?1, ?2)
    ORDER BY d.seq DESC LIMIT 1
  ))
)
FROM (
  SELECT * FROM (SELECT seq, NULL AS outcome, attribution FROM credit WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 10)
  UNION ALL
  SELECT * FROM (
    SELECT u.conversion_seq, u.outcome, NULL
    FROM runner_up u JOIN conversion c ON c.seq = u.conversion_seq
    WHERE u.referrer_id = ?1
      AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id AND ?1 IN (x.referrer_id, x.lost_by))
    ORDER BY u.conversion_seq DESC LIMIT 10
  )
  UNION ALL
  SELECT * FROM (
    SELECT c.seq, 'reattributed', NULL
    FROM reattribution x JOIN conversion c ON c.id = x.conversion_id
    WHERE x.lost_by = ?1
      AND NOT EXISTS (
        SELECT 1 FROM reattribution y WHERE y.conversion_id = x.conversion_id AND y.number > x.number AND ?1 IN (y.referrer_id, y.lost_by)
      )
    ORDER BY c.seq DESC LIMIT 10
  )
) o
JOIN conversion c ON c.seq = o.seq
ORDER BY o.seq DESC
LIMIT 10
