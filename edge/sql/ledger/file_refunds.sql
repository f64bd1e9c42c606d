SELECT s.seq, s.id, json_set(s.body, '$.currency', (SELECT c.currency FROM conversion c WHERE c.id = s.body ->> '$.sale_id'))
FROM refund_shown s
WHERE s.seq < ?1
ORDER BY s.seq DESC
LIMIT ?2
