SELECT d.id, coalesce(e.decision, 'open')
FROM dispute d LEFT JOIN dispute_decision e ON e.dispute_id = d.id
WHERE d.about = ?2 AND d.referrer_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
ORDER BY d.seq
LIMIT 1
