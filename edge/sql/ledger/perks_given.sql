SELECT person_id, rule FROM reward WHERE conversion_id = ? AND perk IS NOT NULL AND state = 'paid'
