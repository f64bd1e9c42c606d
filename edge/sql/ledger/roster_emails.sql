SELECT lower(p.email), r.id, r.external_id, p.email
FROM person p JOIN referrer r ON r.id = p.id
WHERE lower(p.email) IN (SELECT value FROM json_each(?))
ORDER BY r.seq DESC
