SELECT
  a.email, a.name, b.email, b.name,
  (SELECT count(*) FROM (
    SELECT 1 FROM conversion WHERE referrer_id = ?1 AND occurred_at > ?3 - 1800000 AND occurred_at <= ?3 LIMIT 200
  )),
  (SELECT count(*) FROM (
    SELECT 1 FROM conversion WHERE referrer_id = ?1 AND occurred_at > ?3 - 86400000 AND occurred_at <= ?3 LIMIT 200
  )),
  (SELECT state FROM suspension WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 1)
FROM (SELECT 1) LEFT JOIN person a ON a.id = ?1 LEFT JOIN person b ON b.id = ?2
