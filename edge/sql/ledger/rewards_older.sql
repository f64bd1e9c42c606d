SELECT seq, id, body FROM reward_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
