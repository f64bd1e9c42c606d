SELECT version, body, created_at FROM look ORDER BY version DESC LIMIT 1
