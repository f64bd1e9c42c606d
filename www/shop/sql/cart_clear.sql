DELETE FROM cart_line WHERE session = ?1
