SELECT seq, id, body FROM payout_shown WHERE seq > ? ORDER BY seq LIMIT ?
