SELECT seq, body FROM event_shown WHERE id = ?
