SELECT id, facts, currency, created_at FROM program
