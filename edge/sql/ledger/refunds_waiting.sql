SELECT refund_id, amount FROM refund f WHERE order_id = ? AND NOT EXISTS (SELECT 1 FROM refund_applied a WHERE a.refund_id = f.refund_id) ORDER BY seq
