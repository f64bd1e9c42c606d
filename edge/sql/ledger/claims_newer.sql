SELECT seq, id, body FROM claim_shown WHERE seq > ? ORDER BY seq LIMIT ?
