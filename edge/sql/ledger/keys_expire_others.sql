UPDATE api_key SET expires_at = ?1 WHERE kind = ?2 AND id <> ?3 AND (expires_at IS NULL OR expires_at > ?1)
