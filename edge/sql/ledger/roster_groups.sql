SELECT id, name FROM referrer_group
WHERE id IN (SELECT value FROM json_each(?1)) OR name IN (SELECT value FROM json_each(?1))
