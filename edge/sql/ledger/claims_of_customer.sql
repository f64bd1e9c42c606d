SELECT count(*) FROM claim WHERE customer_id = ?
