SELECT external_id, code FROM referrer WHERE id = ?
