DELETE FROM reading WHERE id = ?
