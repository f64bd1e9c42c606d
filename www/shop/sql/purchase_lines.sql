SELECT name, unit_price, quantity FROM purchase_line WHERE purchase_id = ?1 ORDER BY rowid
