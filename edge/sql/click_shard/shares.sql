SELECT name, sum(clicks) AS clicks FROM share WHERE kind = ? AND day BETWEEN ? AND ? GROUP BY name ORDER BY clicks DESC, name LIMIT 100
