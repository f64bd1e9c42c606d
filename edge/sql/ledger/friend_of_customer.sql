SELECT id FROM friend WHERE customer_id = ?
