SELECT id FROM referrer WHERE id = ?
