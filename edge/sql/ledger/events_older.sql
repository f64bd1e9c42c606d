SELECT seq, id, body FROM event_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
