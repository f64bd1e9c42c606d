SELECT id, name FROM referrer_group ORDER BY name COLLATE NOCASE, seq
