SELECT seq, body FROM dispute_shown WHERE id = ?
