SELECT s.seq, s.id, s.body FROM dispute_shown s
WHERE s.seq < ?1 AND (EXISTS (SELECT 1 FROM dispute_decision d WHERE d.dispute_id = s.id) = ?3)
ORDER BY s.seq DESC
LIMIT ?2
