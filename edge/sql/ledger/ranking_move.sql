-- The days from ?1 on and before ?2 count no more.
UPDATE ranking SET
  leads = ranking.leads - o.leads, sales = ranking.sales - o.sales,
  sold_amount = ranking.sold_amount - o.sold_amount, granted_amount = ranking.granted_amount - o.granted_amount
FROM (
  SELECT account, sum(leads) AS leads, sum(sales) AS sales, sum(sold_amount) AS sold_amount, sum(granted_amount) AS granted_amount
  FROM tally WHERE day >= ?1 AND day < ?2 AND account <> 'program'
  GROUP BY account
) o
WHERE o.account = ranking.account
