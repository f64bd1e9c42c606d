INSERT INTO cart_line (session, product, quantity) VALUES (?1, ?2, ?3)
ON CONFLICT (session, product) DO UPDATE SET quantity = min(quantity + excluded.quantity, 20)
