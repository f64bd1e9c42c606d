SELECT seq, id, body FROM audit_shown WHERE seq > ? ORDER BY seq LIMIT ?
