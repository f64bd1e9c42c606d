SELECT s.seq, s.id, json_set(s.body, '$.trace', json(s.trace)) FROM (
  SELECT d.seq FROM dispute d
  WHERE d.referrer_id IN (SELECT ?4 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?4)
    AND +d.seq < ?1 AND (?3 IS NULL OR EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id) = ?3)
  ORDER BY d.seq DESC LIMIT ?2
) o
JOIN dispute_shown s ON s.seq = o.seq
ORDER BY s.seq DESC
