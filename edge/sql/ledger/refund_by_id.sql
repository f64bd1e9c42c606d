SELECT seq, body FROM refund_shown WHERE id = ?
