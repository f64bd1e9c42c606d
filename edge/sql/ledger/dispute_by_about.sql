SELECT s.body, s.id
FROM dispute d JOIN dispute_shown s ON s.id = d.id
WHERE d.about = ?2 AND d.referrer_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
ORDER BY d.seq
LIMIT 1
