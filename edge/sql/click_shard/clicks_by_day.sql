SELECT day, sum(clicks) FROM rollup WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day
