SELECT product, quantity FROM cart_line WHERE session = ?1 ORDER BY rowid
