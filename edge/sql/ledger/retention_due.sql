-- Who had nothing new since a time and is known all the same: how many may be forgotten, how many wait since something of
-- theirs is open, and the first of those who may.
WITH quiet AS MATERIALIZED (
  SELECT f.seq, f.id, f.customer_id FROM friend f
  WHERE f.created_at < ?1
    AND (
      f.id IN (SELECT id FROM person)
      OR f.id IN (SELECT c.friend_id FROM metadata m JOIN conversion c ON c.id = m.conversion_id)
      OR f.id IN (SELECT c.friend_id FROM observation o JOIN conversion c ON c.seq = o.conversion_seq)
      OR EXISTS (SELECT 1 FROM claim l WHERE l.customer_id = f.customer_id AND l.email IS NOT NULL)
      OR f.id IN (SELECT g.friend_id FROM flag_note n JOIN flag g ON g.id = n.flag_id)
      OR f.id IN (SELECT g.friend_id FROM flag_decision d JOIN flag g ON g.id = d.flag_id WHERE d.note IS NOT NULL)
      OR f.id IN (SELECT s.friend_id FROM lead_stage s WHERE s.reason <> '' AND s.decided_by = 'person')
      OR f.id IN (
        SELECT c.friend_id FROM reward_decision d JOIN reward r ON r.id = d.reward_id JOIN conversion c ON c.id = r.conversion_id
        WHERE d.note IS NOT NULL
      )
      OR f.id IN (SELECT c.friend_id FROM message m JOIN dispute d ON d.id = m.dispute_id JOIN conversion c ON c.id = d.about)
      OR f.id IN (
        SELECT c.friend_id FROM message m JOIN dispute d ON d.id = m.dispute_id CROSS JOIN conversion c ON c.kind = 'sale' AND c.natural_key = d.about
      )
    )
    AND f.id NOT IN (SELECT c.friend_id FROM conversion c WHERE c.recorded_at >= ?1 OR c.occurred_at >= ?1)
    AND f.id NOT IN (SELECT c.friend_id FROM refund_applied a JOIN conversion c ON c.id = a.conversion_id WHERE a.applied_at >= ?1)
    AND f.id NOT IN (SELECT s.friend_id FROM lead_stage s WHERE s.decided_at >= ?1)
    AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.friend_id = f.id AND t.told_at >= ?1)
    AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.friend_id = f.id AND x.decided_at >= ?1)
    AND NOT EXISTS (SELECT 1 FROM claim l WHERE l.customer_id = f.customer_id AND l.created_at >= ?1)
),
judged AS MATERIALIZED (
  SELECT q.seq, q.id,
    q.id IN (SELECT c.friend_id FROM reward r JOIN conversion c ON c.id = r.conversion_id WHERE r.state IN ('pending', 'held'))
    -- Money that is still to be paid to them.
    OR q.id IN (SELECT r.person_id FROM reward r WHERE r.state = 'approved' AND r.perk IS NULL)
    OR EXISTS (SELECT 1 FROM flag g WHERE g.friend_id = q.id AND NOT EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = g.id))
    OR q.id IN (
      SELECT c.friend_id FROM dispute d JOIN conversion c ON c.id = d.about
      WHERE NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id)
    )
    OR q.id IN (
      SELECT c.friend_id FROM dispute d CROSS JOIN conversion c ON c.kind = 'sale' AND c.natural_key = d.about
      WHERE NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id)
    )
    OR q.customer_id IN (
      SELECT d.about FROM dispute d WHERE NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id)
    ) AS is_open
  FROM quiet q
)
SELECT
  (SELECT count(*) FROM judged WHERE NOT is_open),
  (SELECT count(*) FROM judged WHERE is_open),
  (SELECT json_group_array(id) FROM (SELECT id FROM judged WHERE NOT is_open ORDER BY seq LIMIT ?2))
