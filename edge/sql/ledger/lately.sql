SELECT coalesce(sum(leads + sales), 0), coalesce(sum(leads_attributed + sales_attributed), 0), coalesce(sum(sales_attributed), 0),
  coalesce(sum(iif(currency = ?2, sales, 0)), 0), coalesce(sum(iif(currency = ?2, amount, 0)), 0)
FROM day_total WHERE day >= ?1
