SELECT country, sum(clicks) AS clicks FROM rollup WHERE day BETWEEN ? AND ? GROUP BY country ORDER BY clicks DESC, country LIMIT 100
