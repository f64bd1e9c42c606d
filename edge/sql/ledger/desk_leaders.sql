SELECT c.referrer_id, sum(c.kind = 'lead'), sum(c.kind = 'sale'), coalesce(sum(iif(c.currency = ?3, c.amount, 0)), 0)
FROM conversion c
WHERE c.referrer_id IS NOT NULL AND c.occurred_at >= ?1 AND c.occurred_at < ?2
GROUP BY c.referrer_id
ORDER BY 4 DESC, 3 DESC, 2 DESC, 1
LIMIT 5
