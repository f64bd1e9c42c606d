SELECT d.referrer_id, coalesce(j.identified_id, d.referrer_id), d.about, e.decision, s.body, s.trace
FROM dispute d
JOIN dispute_shown s ON s.id = d.id
LEFT JOIN dispute_decision e ON e.dispute_id = d.id
LEFT JOIN joined_to j ON j.referrer_id = d.referrer_id
WHERE d.id = ?
