SELECT s.body FROM refund_applied a JOIN refund f ON f.refund_id = a.refund_id JOIN refund_shown s ON s.seq = f.seq WHERE a.conversion_id = ? ORDER BY f.seq
