SELECT version, body, created_at FROM fraud_settings ORDER BY version DESC LIMIT 1
