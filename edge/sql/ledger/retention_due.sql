-- Who had nothing new since a time and is known all the same: how many may be forgotten, how many wait since something of
-- theirs is open, and the first of those who may. Whoever is known is known by what an erasure takes out and by nothing
-- else: a second look must find nobody.
WITH theirs (friend_id, dispute_id) AS MATERIALIZED (
  SELECT c.friend_id, d.id FROM dispute d JOIN conversion c ON c.id = d.about
  UNION SELECT c.friend_id, d.id FROM dispute d CROSS JOIN conversion c ON c.kind = 'sale' AND c.natural_key = d.about
  UNION SELECT x.friend_id, x.dispute_id FROM reattribution x
),
-- With those that name a customer by the merchant's id. An erasure leaves the words of those, and while one is
-- new or open, nobody goes.
matter (friend_id, dispute_id) AS MATERIALIZED (
  SELECT t.friend_id, t.dispute_id FROM theirs t
  UNION SELECT f.id, d.id FROM dispute d JOIN friend f ON f.customer_id = d.about
),
quiet AS MATERIALIZED (
  SELECT f.seq, f.id FROM friend f
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
      OR f.id IN (SELECT l.person_id FROM payout_line l WHERE l.note IS NOT NULL)
      OR f.id IN (SELECT t.friend_id FROM message m JOIN theirs t ON t.dispute_id = m.dispute_id)
      OR f.id IN (SELECT t.friend_id FROM dispute_message m JOIN theirs t ON t.dispute_id = m.dispute_id WHERE m.body <> '')
      OR f.id IN (SELECT t.friend_id FROM dispute_decision e JOIN theirs t ON t.dispute_id = e.dispute_id WHERE e.note <> '')
      -- What was in their own words and not the name of a conversion.
      OR f.id IN (
        SELECT t.friend_id FROM theirs t JOIN dispute d ON d.id = t.dispute_id
        WHERE d.about <> d.id
          AND NOT EXISTS (SELECT 1 FROM conversion c WHERE c.id = d.about)
          AND NOT EXISTS (SELECT 1 FROM conversion c WHERE c.kind = 'sale' AND c.natural_key = d.about)
      )
    )
    AND f.id NOT IN (SELECT c.friend_id FROM conversion c WHERE c.recorded_at >= ?1 OR c.occurred_at >= ?1)
    AND f.id NOT IN (SELECT c.friend_id FROM refund_applied a JOIN conversion c ON c.id = a.conversion_id WHERE a.applied_at >= ?1)
    AND f.id NOT IN (SELECT c.friend_id FROM exchange x JOIN conversion c ON c.id = x.conversion_id WHERE x.told_at >= ?1)
    AND f.id NOT IN (SELECT s.friend_id FROM lead_stage s WHERE s.decided_at >= ?1)
    AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.friend_id = f.id AND t.told_at >= ?1)
    AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.friend_id = f.id AND x.decided_at >= ?1)
    AND NOT EXISTS (SELECT 1 FROM claim l WHERE l.customer_id = f.customer_id AND l.created_at >= ?1)
    -- What a person decided or noted is new as well: it is there to be read for as long.
    AND f.id NOT IN (SELECT g.friend_id FROM flag_decision d JOIN flag g ON g.id = d.flag_id WHERE d.decided_at >= ?1)
    AND f.id NOT IN (SELECT g.friend_id FROM flag_note n JOIN flag g ON g.id = n.flag_id WHERE n.created_at >= ?1)
    AND f.id NOT IN (
      SELECT c.friend_id FROM reward_decision d JOIN reward r ON r.id = d.reward_id JOIN conversion c ON c.id = r.conversion_id
      WHERE d.decided_at >= ?1
    )
    AND f.id NOT IN (SELECT l.person_id FROM payout_line l WHERE l.decided_at >= ?1)
    AND f.id NOT IN (SELECT m.friend_id FROM matter m JOIN dispute d ON d.id = m.dispute_id WHERE d.created_at >= ?1)
    AND f.id NOT IN (SELECT m.friend_id FROM matter m JOIN dispute_message w ON w.dispute_id = m.dispute_id WHERE w.created_at >= ?1)
    AND f.id NOT IN (SELECT m.friend_id FROM matter m JOIN dispute_decision e ON e.dispute_id = m.dispute_id WHERE e.decided_at >= ?1)
),
judged AS MATERIALIZED (
  SELECT q.seq, q.id,
    q.id IN (SELECT c.friend_id FROM reward r JOIN conversion c ON c.id = r.conversion_id WHERE r.state IN ('pending', 'held'))
    -- Money that is still to be paid to them.
    OR q.id IN (SELECT r.person_id FROM reward r WHERE r.state = 'approved' AND r.perk IS NULL)
    OR EXISTS (SELECT 1 FROM flag g WHERE g.friend_id = q.id AND NOT EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = g.id))
    OR q.id IN (
      SELECT m.friend_id FROM matter m WHERE NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = m.dispute_id)
    ) AS is_open
  FROM quiet q
)
SELECT
  (SELECT count(*) FROM judged WHERE NOT is_open),
  (SELECT count(*) FROM judged WHERE is_open),
  (SELECT json_group_array(id) FROM (SELECT id FROM judged WHERE NOT is_open ORDER BY seq LIMIT ?2))
