SELECT id FROM conversion WHERE kind = 'sale' AND natural_key = ?
