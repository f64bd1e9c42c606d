SELECT coalesce(sum(amount), 0) FROM refund_applied WHERE conversion_id = ?
