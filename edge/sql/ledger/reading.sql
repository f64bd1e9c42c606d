SELECT since, bounds, personal FROM reading WHERE id = ?
