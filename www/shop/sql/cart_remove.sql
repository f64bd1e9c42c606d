DELETE FROM cart_line WHERE session = ?1 AND product = ?2
