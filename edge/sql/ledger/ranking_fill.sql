INSERT INTO ranking (account, leads, sales, sold_amount, granted_amount)
SELECT account, sum(leads), sum(sales), sum(sold_amount), sum(granted_amount) FROM tally
WHERE day >= ? AND account <> 'program'
GROUP BY account
