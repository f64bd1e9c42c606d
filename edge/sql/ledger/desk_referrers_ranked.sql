WITH ranked AS (
  SELECT r.seq, CASE ?6 WHEN 'granted' THEN sum(t.granted_amount) ELSE sum(t.sold_amount) END AS amount
  FROM referrer r JOIN tally t ON t.account = r.id AND t.day >= ?1
  WHERE (?3 IS NULL OR r.id IN (
      SELECT n.id FROM referrer n WHERE n.id = ?3 OR n.code = lower(?3) OR n.external_id = ?3
      UNION SELECT f.referrer_id FROM further_code f WHERE f.code = lower(?3)
      UNION SELECT p.id FROM person p WHERE instr(lower(p.name), lower(?3)) > 0 OR instr(lower(p.email), lower(?3)) > 0
    ))
    AND (?4 IS NULL OR (SELECT m.group_id FROM membership m WHERE m.referrer_id = r.id ORDER BY m.seq DESC LIMIT 1) = ?4)
    AND CASE ?5
      WHEN 'suspended' THEN (SELECT x.state FROM suspension x WHERE x.referrer_id = r.id ORDER BY x.seq DESC LIMIT 1) = 'suspended'
      WHEN 'nothing' THEN NOT EXISTS (SELECT 1 FROM conversion c WHERE c.referrer_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM reattribution a WHERE a.referrer_id = r.id)
      WHEN 'anonymous' THEN r.external_id IS NULL
      WHEN 'unshared' THEN r.shared_at IS NULL
      ELSE 1
    END
  GROUP BY r.seq
  HAVING amount > 0
  ORDER BY amount DESC, r.seq
  LIMIT ?2
)
SELECT s.seq, s.id, s.body FROM ranked k JOIN referrer_shown s ON s.seq = k.seq ORDER BY k.amount DESC, k.seq
