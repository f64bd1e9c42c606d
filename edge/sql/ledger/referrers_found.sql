SELECT s.seq, s.id, s.body
FROM (
  SELECT r.seq, max(w.exactly) AS exactly
  FROM (
    SELECT r.id, 1 AS exactly FROM referrer r WHERE r.id = ?1
    UNION ALL SELECT r.id, 1 FROM referrer r WHERE r.code = lower(?1)
    UNION ALL SELECT r.id, 1 FROM referrer r WHERE r.external_id = ?1
    UNION ALL SELECT f.referrer_id, 1 FROM further_code f WHERE f.code = lower(?1)
    UNION ALL SELECT p.id, coalesce(lower(p.email) = lower(?1), 0)
    FROM person p WHERE instr(lower(p.name), lower(?1)) > 0 OR instr(lower(p.email), lower(?1)) > 0
  ) w
  JOIN referrer r ON r.id = w.id
  GROUP BY r.seq
  ORDER BY exactly DESC, r.seq DESC
  LIMIT ?2
) o
JOIN referrer_shown s ON s.seq = o.seq
ORDER BY o.exactly DESC, o.seq DESC
