SELECT seq, id, body FROM referrer_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
