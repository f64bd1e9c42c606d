SELECT id, conversion_id, person_id, amount, currency, perk FROM reward WHERE state = 'pending' AND approval <> 'manual' AND available_at <= ? ORDER BY available_at LIMIT ?
