SELECT id FROM referrer WHERE external_id = ?
