UPDATE cart_line SET quantity = ?3 WHERE session = ?1 AND product = ?2
