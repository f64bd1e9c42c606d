SELECT code, sum(clicks) AS clicks FROM rollup WHERE day BETWEEN ? AND ? GROUP BY code ORDER BY clicks DESC, code LIMIT 100
