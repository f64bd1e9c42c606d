INSERT INTO payout_schedule (every, day, minimum_amount, created_at) VALUES (?, ?, ?, ?)
