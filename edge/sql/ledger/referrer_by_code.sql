SELECT id FROM referrer WHERE code = ?
