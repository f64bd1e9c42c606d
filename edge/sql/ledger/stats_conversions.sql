SELECT day, currency, leads, leads_attributed, sales, sales_attributed, amount, attributed_amount
FROM day_total WHERE day >= ? AND day <= ? ORDER BY day, currency
