SELECT id, code FROM referrer WHERE external_id = ?
