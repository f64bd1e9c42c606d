SELECT s.body FROM dispute d JOIN dispute_shown s ON s.id = d.id
WHERE d.referrer_id IN (SELECT value FROM json_each(?)) ORDER BY d.seq
