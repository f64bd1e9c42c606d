INSERT INTO purchase_line (purchase_id, name, unit_price, quantity) VALUES (?1, ?2, ?3, ?4)
