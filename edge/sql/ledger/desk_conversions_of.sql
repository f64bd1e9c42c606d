WITH mine (id) AS (SELECT ?4 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?4)
SELECT s.seq, s.id, s.body FROM (
  SELECT n.seq FROM mine m
  JOIN conversion n ON n.seq IN (
    -- The plus keeps the order of the index of whose they are, which a page needs.
    SELECT k.seq FROM credit k
    WHERE k.referrer_id = m.id AND k.seq < ?1 AND (?3 IS NULL OR k.kind = ?3)
      AND +k.occurred_at >= ?5 AND +k.occurred_at < ?6
      AND (?7 = 0 OR EXISTS (SELECT 1 FROM refund_applied a WHERE a.conversion_id = k.id AND a.amount > 0))
    ORDER BY k.seq DESC LIMIT ?2
  )
  ORDER BY n.seq DESC LIMIT ?2
) o
JOIN conversion_shown s ON s.seq = o.seq
ORDER BY s.seq DESC
