SELECT id FROM purchase WHERE checkout = ?1 AND customer_id = ?2
