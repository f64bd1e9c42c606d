SELECT seq, body FROM flag_shown WHERE id = ?
