SELECT seq, id, body FROM dispute_shown WHERE seq > ? ORDER BY seq LIMIT ?
