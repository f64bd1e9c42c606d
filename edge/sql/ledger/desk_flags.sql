SELECT s.seq, s.id, s.body FROM flag_shown s
WHERE s.seq < ?1 AND (EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = s.id) = ?3)
ORDER BY s.seq DESC
LIMIT ?2
