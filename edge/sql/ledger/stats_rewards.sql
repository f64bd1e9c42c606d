SELECT strftime('%Y-%m-%d', e.created_at / 1000.0, 'unixepoch') AS day, e.currency,
  count(DISTINCT iif(e.taken_back_by IS NULL, e.reward_id, NULL)), sum(e.amount)
FROM entry e
WHERE e.account <> 'program' AND e.created_at >= ? AND e.created_at < ?
GROUP BY day, e.currency
ORDER BY day, e.currency
