SELECT seq, id, body FROM sale_shown WHERE seq > ? ORDER BY seq LIMIT ?
