SELECT seq, id, body FROM flag_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
