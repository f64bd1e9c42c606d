SELECT strftime('%Y-%m-%d', r.created_at / 1000.0, 'unixepoch') AS day, count(*)
FROM referrer r
WHERE r.created_at >= ? AND r.created_at < ?
  AND NOT EXISTS (SELECT 1 FROM joined_to j WHERE j.referrer_id = r.id)
GROUP BY day ORDER BY day
