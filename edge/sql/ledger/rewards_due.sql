SELECT id, conversion_id, person_id, amount, currency FROM reward WHERE state = 'pending' AND available_at <= ? ORDER BY available_at LIMIT ?
