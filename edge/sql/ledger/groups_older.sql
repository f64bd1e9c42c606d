SELECT seq, id, body FROM group_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
