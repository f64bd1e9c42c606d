SELECT channel, sum(clicks) AS clicks FROM rollup WHERE day BETWEEN ? AND ? GROUP BY channel ORDER BY clicks DESC, channel LIMIT 100
