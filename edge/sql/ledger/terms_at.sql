SELECT version, body FROM terms WHERE created_at <= ? ORDER BY version DESC LIMIT 1
