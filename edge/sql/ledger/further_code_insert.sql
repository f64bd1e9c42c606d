INSERT INTO further_code (code, referrer_id, proof_hash, added_at) VALUES (?, ?, ?, ?)
