SELECT r.id, sum(t.leads), sum(t.sales), sum(t.sold_amount)
FROM referrer r CROSS JOIN tally t ON t.account = r.id AND t.day >= ?1 AND t.day <= ?2
GROUP BY r.id
HAVING sum(t.leads) + sum(t.sales) > 0
ORDER BY 4 DESC, 3 DESC, 2 DESC, 1
LIMIT ?3
