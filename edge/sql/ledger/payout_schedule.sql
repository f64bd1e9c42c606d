SELECT seq, every, day, minimum_amount, created_at FROM payout_schedule WHERE seq > 0 ORDER BY seq DESC LIMIT 1
