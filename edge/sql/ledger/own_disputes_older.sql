SELECT s.seq, s.id, s.body FROM dispute d JOIN dispute_shown s ON s.id = d.id
WHERE d.referrer_id IN (SELECT value FROM json_each(?3)) AND d.seq < ?1 ORDER BY d.seq DESC LIMIT ?2
