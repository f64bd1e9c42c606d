INSERT INTO purchase (id, checkout, customer_id, recipient, address, amount, placed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
