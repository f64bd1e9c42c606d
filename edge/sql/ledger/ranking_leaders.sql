SELECT n.account, sum(t.leads), sum(t.sales), sum(t.sold_amount)
FROM (SELECT account FROM ranking ORDER BY sold_amount DESC, sales DESC, leads DESC LIMIT ?3) n
JOIN tally t ON t.account = n.account AND t.day >= ?1 AND t.day <= ?2
GROUP BY n.account
HAVING sum(t.leads) + sum(t.sales) > 0
ORDER BY 4 DESC, 3 DESC, 2 DESC, 1
LIMIT ?4
