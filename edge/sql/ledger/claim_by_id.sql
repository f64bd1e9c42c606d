SELECT seq, body FROM claim_shown WHERE id = ?
