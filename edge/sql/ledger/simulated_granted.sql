SELECT r.side, r.amount, r.perk IS NOT NULL
FROM (SELECT id FROM conversion WHERE seq < ?1 AND referrer_id IS NOT NULL ORDER BY seq DESC LIMIT ?2) c
JOIN reward r ON r.conversion_id = c.id
