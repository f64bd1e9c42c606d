SELECT seq, body FROM reward_shown WHERE id = ?
