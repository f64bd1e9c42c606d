SELECT a.refund_id, a.amount FROM refund_applied a JOIN refund f ON f.refund_id = a.refund_id WHERE a.conversion_id = ? ORDER BY f.seq
