WITH ranked AS (
  SELECT r.seq, coalesce(CASE ?5 WHEN 'granted' THEN t.granted_amount ELSE t.sold_amount END, 0) AS amount
  FROM referrer r LEFT JOIN ranking t ON t.account = r.id
  WHERE (?2 IS NULL OR r.id IN (
      SELECT n.id FROM referrer n WHERE n.id = ?2 OR n.code = lower(?2) OR n.external_id = ?2
      UNION SELECT f.referrer_id FROM further_code f WHERE f.code = lower(?2)
      UNION SELECT p.id FROM person p WHERE instr(lower(p.name), lower(?2)) > 0 OR instr(lower(p.email), lower(?2)) > 0
    ))
    AND (?3 IS NULL OR (SELECT m.group_id FROM membership m WHERE m.referrer_id = r.id ORDER BY m.seq DESC LIMIT 1) = ?3)
    AND CASE ?4
      WHEN 'suspended' THEN (SELECT x.state FROM suspension x WHERE x.referrer_id = r.id ORDER BY x.seq DESC LIMIT 1) = 'suspended'
      WHEN 'nothing' THEN NOT EXISTS (SELECT 1 FROM credit c WHERE c.referrer_id = r.id)
      WHEN 'anonymous' THEN r.external_id IS NULL
      WHEN 'unshared' THEN r.shared_at IS NULL
      ELSE 1
    END
    AND (?6 IS NULL OR amount < ?6 OR (amount = ?6 AND r.seq < ?7))
  ORDER BY amount DESC, r.seq DESC
  LIMIT ?1
)
SELECT s.seq, s.id, json_set(s.body, '$.group_id', m.group_id, '$.group', g.name, '$.ranked', k.amount)
FROM ranked k
JOIN referrer_shown s ON s.seq = k.seq
LEFT JOIN membership m ON m.seq = (SELECT max(n.seq) FROM membership n WHERE n.referrer_id = s.id)
LEFT JOIN referrer_group g ON g.id = m.group_id
ORDER BY k.amount DESC, k.seq DESC
