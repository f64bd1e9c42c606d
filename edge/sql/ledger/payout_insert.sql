INSERT INTO payout (id, currency, minimum_amount, created_at) VALUES (?, ?, ?, ?)
