SELECT seq, id, body FROM lead_shown WHERE seq > ? ORDER BY seq LIMIT ?
