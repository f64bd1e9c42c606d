-- What one referrer is credited with or missed, newest first, for the one who signs in (?6) and whom they were joined to.
SELECT o.seq, o.credited, json_object(
  'id', c.id,
  'kind', c.kind,
  'event', iif(c.kind = 'lead', substr(c.natural_key, 1, instr(c.natural_key, ' ') - 1), NULL),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'rule', iif(o.credited, o.attribution ->> '$.rule', NULL),
  'reason', o.reason,
  'stage', iif(c.kind = 'lead' AND o.credited, coalesce((SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1), 'new'), NULL),
  'rewards', (
    SELECT json_group_array(json(r.body)) FROM reward_shown r
    WHERE r.conversion_id = c.id AND r.person_id IN (SELECT ?6 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?6)
  ),
  'dispute', (
    SELECT s.body ->> '$.status' FROM dispute d JOIN dispute_shown s ON s.id = d.id
    WHERE d.about = c.id AND d.referrer_id IN (SELECT ?6 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?6)
    ORDER BY d.seq DESC LIMIT 1
  )
)
FROM (
  SELECT * FROM (
    SELECT k.seq, 1 AS credited, NULL AS reason, k.attribution FROM credit k
    WHERE k.referrer_id = ?4 AND k.seq < ?1 AND (?3 IS NULL OR k.kind = ?3) AND ?5 IS NOT 0
    ORDER BY k.seq DESC LIMIT ?2
  )
  UNION ALL
  SELECT * FROM (
    SELECT u.conversion_seq, 0, u.outcome, NULL FROM runner_up u JOIN conversion c ON c.seq = u.conversion_seq
    WHERE u.referrer_id = ?4 AND u.conversion_seq < ?1 AND (?3 IS NULL OR c.kind = ?3) AND ?5 IS NOT 1
      AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id AND ?4 IN (x.referrer_id, x.lost_by))
      -- What is credited to somebody they were joined to is theirs, and not missed.
      AND NOT EXISTS (
        SELECT 1 FROM credit k WHERE k.id = c.id
          AND k.referrer_id IN (SELECT ?6 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?6)
      )
    ORDER BY u.conversion_seq DESC LIMIT ?2
  )
  UNION ALL
  SELECT * FROM (
    SELECT c.seq, 0, 'reattributed', NULL FROM reattribution x JOIN conversion c ON c.id = x.conversion_id
    WHERE x.lost_by = ?4 AND c.seq < ?1 AND (?3 IS NULL OR c.kind = ?3) AND ?5 IS NOT 1
      AND NOT EXISTS (
        SELECT 1 FROM reattribution y WHERE y.conversion_id = x.conversion_id AND y.number > x.number AND ?4 IN (y.referrer_id, y.lost_by)
      )
      AND NOT EXISTS (
        SELECT 1 FROM credit k WHERE k.id = c.id
          AND k.referrer_id IN (SELECT ?6 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?6)
      )
    ORDER BY c.seq DESC LIMIT ?2
  )
) o
JOIN conversion c ON c.seq = o.seq
ORDER BY o.seq DESC
