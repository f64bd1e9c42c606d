INSERT INTO terms_accepted (referrer_id, version, accepted_at) VALUES (?, ?, ?) ON CONFLICT (referrer_id, version) DO NOTHING
