SELECT s.seq, s.id, s.body FROM conversion c JOIN conversion_shown s ON s.seq = c.seq
WHERE c.seq < ?1
  AND (?3 IS NULL OR c.kind = ?3)
  AND (?4 IS NULL OR (c.referrer_id IS NOT NULL OR EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id)) = ?4)
  AND c.occurred_at >= ?5 AND c.occurred_at < ?6
  AND (?7 = 0 OR EXISTS (SELECT 1 FROM refund_applied a WHERE a.conversion_id = c.id AND a.amount > 0))
ORDER BY c.seq DESC
LIMIT ?2
