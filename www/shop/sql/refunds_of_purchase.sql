SELECT id, amount, requested_at FROM refund WHERE purchase_id = ?1 ORDER BY rowid
