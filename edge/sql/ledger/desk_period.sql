SELECT coalesce(sum(leads_qualified), 0), coalesce(sum(sales_rewarded), 0), coalesce(sum(leads_rewarded), 0)
FROM day_total WHERE day >= ? AND day <= ?
