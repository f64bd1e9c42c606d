SELECT id, code FROM referrer WHERE proof_hash = ?
