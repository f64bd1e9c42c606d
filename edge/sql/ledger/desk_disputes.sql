SELECT s.seq, s.id, json_set(s.body, '$.trace', json(s.trace)) FROM dispute_shown s
WHERE s.seq < ?1 AND (?3 IS NULL OR EXISTS (SELECT 1 FROM dispute_decision d WHERE d.dispute_id = s.id) = ?3)
ORDER BY s.seq DESC
LIMIT ?2
