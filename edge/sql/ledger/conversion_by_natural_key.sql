SELECT id, customer_id, amount, currency, answer FROM conversion WHERE kind = ? AND natural_key = ?
