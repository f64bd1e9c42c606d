SELECT id, password_hash FROM customer WHERE email = ?1
