SELECT seq, body FROM lead_shown WHERE id = ?
