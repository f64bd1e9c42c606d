DELETE FROM fraud_settings
