UPDATE referrer SET external_id = ? WHERE id = ? AND external_id IS NULL
