INSERT INTO referrer (id, code, external_id, proof_hash, created_at) VALUES (?, ?, ?, ?, ?)
