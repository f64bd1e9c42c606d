SELECT id FROM purchase WHERE customer_id = ?1 ORDER BY placed_at DESC, rowid DESC LIMIT 50
