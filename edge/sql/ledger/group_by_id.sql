SELECT seq, body FROM group_shown WHERE id = ?
