SELECT day, currency, rewards, granted_amount FROM day_total
WHERE day >= ? AND day <= ? AND (rewards > 0 OR granted_amount <> 0) ORDER BY day, currency
