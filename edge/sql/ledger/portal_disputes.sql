SELECT s.seq, s.id, s.body FROM dispute d JOIN dispute_shown s ON s.seq = d.seq
WHERE d.referrer_id = ?3 AND d.seq < ?1
ORDER BY d.seq DESC
LIMIT ?2
