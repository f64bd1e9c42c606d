INSERT INTO fraud_settings (version, body, created_at) VALUES (?, ?, ?)
