SELECT seq, id, body FROM event_shown WHERE seq > ? AND type = ?3 ORDER BY seq LIMIT ?2
