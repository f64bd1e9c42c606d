INSERT INTO refund (id, refund_id, order_id, amount, recorded_at, answer) VALUES (?, ?, ?, ?, ?, ?)
