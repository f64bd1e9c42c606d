-- Of those who have at least so much since the day the ranking counts from, at most so many: who has most in these days.
SELECT n.account, sum(t.leads), sum(t.sales), sum(t.sold_amount)
FROM (
  SELECT account FROM ranking WHERE (sold_amount, sales, leads) >= (?3, ?4, ?5)
  ORDER BY sold_amount DESC, sales DESC, leads DESC LIMIT ?6
) n
JOIN tally t ON t.account = n.account AND t.day >= ?1 AND t.day <= ?2
GROUP BY n.account
HAVING sum(t.leads) + sum(t.sales) > 0
ORDER BY 4 DESC, 3 DESC, 2 DESC, 1
LIMIT ?7
