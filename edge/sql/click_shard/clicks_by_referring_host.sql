SELECT referring_host, sum(clicks) AS clicks FROM rollup WHERE day BETWEEN ? AND ? GROUP BY referring_host ORDER BY clicks DESC, referring_host LIMIT 100
