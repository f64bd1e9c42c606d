SELECT DISTINCT c.seq, c.id, c.customer_id FROM (
  SELECT * FROM (SELECT seq FROM credit WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 50)
  UNION ALL
  SELECT * FROM (SELECT conversion_seq FROM runner_up WHERE referrer_id = ?1 ORDER BY conversion_seq DESC LIMIT 50)
  UNION ALL
  SELECT * FROM (
    SELECT c.seq FROM reattribution x JOIN conversion c ON c.id = x.conversion_id WHERE x.lost_by = ?1 ORDER BY c.seq DESC LIMIT 50
  )
) o
JOIN conversion c ON c.seq = o.seq
ORDER BY c.seq DESC
LIMIT 50
