SELECT (SELECT count(*) FROM salt), (SELECT count(*) FROM (SELECT 1 FROM seen LIMIT 1))
