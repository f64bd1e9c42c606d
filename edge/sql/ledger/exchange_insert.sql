INSERT INTO exchange (conversion_id, rate, amount, told_at) VALUES (?, ?, ?, ?)
