WITH ranked AS (
  SELECT r.seq, coalesce(CASE ?6 WHEN 'granted' THEN sum(t.granted_amount) ELSE sum(t.sold_amount) END, 0) AS amount
  FROM referrer r LEFT JOIN tally t ON t.account = r.id AND t.day >= ?1
  WHERE (?3 IS NULL OR r.id IN (
      SELECT n.id FROM referrer n WHERE n.id = ?3 OR n.code = lower(?3) OR n.external_id = ?3
      UNION SELECT f.referrer_id FROM further_code f WHERE f.code = lower(?3)
      UNION SELECT p.id FROM person p WHERE instr(lower(p.name), lower(?3)) > 0 OR instr(lower(p.email), lower(?3)) > 0
    ))
    AND (?4 IS NULL OR (SELECT m.group_id FROM membership m WHERE m.referrer_id = r.id ORDER BY m.seq DESC LIMIT 1) = ?4)
    AND CASE ?5
      WHEN 'suspended' THEN (SELECT x.state FROM suspension x WHERE x.referrer_id = r.id ORDER BY x.seq DESC LIMIT 1) = 'suspended'
      WHEN 'nothing' THEN NOT EXISTS (SELECT 1 FROM credit c WHERE c.referrer_id = r.id)
      WHEN 'anonymous' THEN r.external_id IS NULL
      WHEN 'unshared' THEN r.shared_at IS NULL
      ELSE 1
    END
  GROUP BY r.seq
  HAVING ?7 IS NULL OR amount < ?7 OR (amount = ?7 AND r.seq < ?8)
  ORDER BY amount DESC, r.seq DESC
  LIMIT ?2
)
SELECT s.seq, s.id, json_set(s.body, '$.group_id', m.group_id, '$.group', g.name, '$.ranked', k.amount)
FROM ranked k
JOIN referrer_shown s ON s.seq = k.seq
LEFT JOIN membership m ON m.seq = (SELECT max(n.seq) FROM membership n WHERE n.referrer_id = s.id)
LEFT JOIN referrer_group g ON g.id = m.group_id
ORDER BY k.amount DESC, k.seq DESC
