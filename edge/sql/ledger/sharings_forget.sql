UPDATE referrer SET shared_at = 0 WHERE id IN (SELECT value FROM json_each(?)) AND shared_at IS NOT 0
