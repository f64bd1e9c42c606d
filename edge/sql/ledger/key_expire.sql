UPDATE api_key SET expires_at = ? WHERE id = ?
