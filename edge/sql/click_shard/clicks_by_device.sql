SELECT device, sum(clicks) AS clicks FROM rollup WHERE day BETWEEN ? AND ? GROUP BY device ORDER BY clicks DESC, device LIMIT 100
