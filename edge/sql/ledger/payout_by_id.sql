SELECT seq, body FROM payout_shown WHERE id = ?
