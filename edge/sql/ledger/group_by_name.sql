SELECT id FROM referrer_group WHERE name = ?
