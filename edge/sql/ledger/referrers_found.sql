SELECT s.seq, s.id, s.body
FROM (
  SELECT r.seq FROM referrer r
  WHERE r.id IN (
    SELECT r.id FROM referrer r WHERE r.id = ?1
    UNION SELECT r.id FROM referrer r WHERE r.code = lower(?1)
    UNION SELECT r.id FROM referrer r WHERE r.external_id = ?1
    UNION SELECT f.referrer_id FROM further_code f WHERE f.code = lower(?1)
    UNION SELECT p.id FROM person p WHERE instr(lower(p.name), lower(?1)) > 0 OR instr(lower(p.email), lower(?1)) > 0
  )
  ORDER BY r.seq DESC
  LIMIT ?2
) o
JOIN referrer_shown s ON s.seq = o.seq
ORDER BY o.seq DESC
