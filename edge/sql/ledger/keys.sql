SELECT id, kind, hash, created_at, expires_at FROM api_key ORDER BY created_at, id
