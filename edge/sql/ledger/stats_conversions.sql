SELECT strftime('%Y-%m-%d', occurred_at / 1000.0, 'unixepoch') AS day, kind, currency,
  count(*), sum(credited), coalesce(sum(amount), 0), coalesce(sum(iif(credited, amount, 0)), 0)
FROM (
  SELECT occurred_at, kind, currency, amount,
    -- Whoever it moved to: it never moves back to nobody.
    referrer_id IS NOT NULL OR EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = conversion.id) AS credited
  FROM conversion
  WHERE occurred_at >= ? AND occurred_at < ?
)
GROUP BY day, kind, currency
ORDER BY day, kind, currency
