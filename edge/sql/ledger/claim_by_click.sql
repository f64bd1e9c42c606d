SELECT id, customer_id FROM claim WHERE click_id = ?
