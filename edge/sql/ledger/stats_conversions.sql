SELECT strftime('%Y-%m-%d', occurred_at / 1000.0, 'unixepoch') AS day, kind, currency,
  count(*), sum(referrer_id IS NOT NULL), coalesce(sum(amount), 0), coalesce(sum(iif(referrer_id IS NOT NULL, amount, 0)), 0)
FROM conversion
WHERE occurred_at >= ? AND occurred_at < ?
GROUP BY day, kind, currency
ORDER BY day, kind, currency
