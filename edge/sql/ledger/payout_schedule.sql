SELECT every, day, minimum_amount, created_at FROM payout_schedule ORDER BY seq DESC LIMIT 1
