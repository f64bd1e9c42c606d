SELECT amount FROM conversion
WHERE seq > (SELECT max(seq) FROM conversion) - 200 AND kind = 'sale' AND currency = ?
ORDER BY seq DESC
LIMIT 50
