SELECT code FROM referrer WHERE id = ?
