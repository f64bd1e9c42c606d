UPDATE referrer SET shared_at = ? WHERE id = ? AND shared_at IS NULL
