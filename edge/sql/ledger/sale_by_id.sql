SELECT seq, body FROM sale_shown WHERE id = ?
