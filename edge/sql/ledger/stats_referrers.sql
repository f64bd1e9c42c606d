SELECT strftime('%Y-%m-%d', created_at / 1000.0, 'unixepoch') AS day, count(*) FROM referrer WHERE created_at >= ? AND created_at < ? GROUP BY day ORDER BY day
