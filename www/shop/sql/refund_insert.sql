INSERT INTO refund (id, purchase_id, amount, requested_at) VALUES (?1, ?2, ?3, ?4)
