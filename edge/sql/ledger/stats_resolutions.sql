SELECT e.decision, e.decided_at - d.created_at, EXISTS (SELECT 1 FROM reattribution x WHERE x.dispute_id = d.id)
FROM dispute_decision e JOIN dispute d ON d.id = e.dispute_id
WHERE e.decided_at >= ? AND e.decided_at < ?
ORDER BY 2
