SELECT seq, id, body FROM refund_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
