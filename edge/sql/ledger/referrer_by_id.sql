SELECT seq, body FROM referrer_shown WHERE id = ?
