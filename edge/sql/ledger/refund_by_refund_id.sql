SELECT order_id, amount, answer FROM refund WHERE refund_id = ?
