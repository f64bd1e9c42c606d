INSERT INTO refund_applied (refund_id, conversion_id, amount, applied_at) VALUES (?, ?, ?, ?)
