SELECT id FROM conversion WHERE id = ?1 UNION ALL SELECT id FROM conversion WHERE kind = 'sale' AND natural_key = ?1 LIMIT 1
