SELECT s.seq, s.id, s.body FROM referrer_shown s
WHERE s.id IN (
  SELECT r.id FROM referrer r WHERE r.id = ?1
  UNION SELECT r.id FROM referrer r WHERE r.code = lower(?1)
  UNION SELECT r.id FROM referrer r WHERE r.external_id = ?1
  UNION SELECT f.referrer_id FROM further_code f WHERE f.code = lower(?1)
  UNION SELECT p.id FROM person p WHERE instr(lower(p.name), lower(?1)) > 0 OR instr(lower(p.email), lower(?1)) > 0
)
ORDER BY s.seq DESC
LIMIT ?2
