SELECT seq, id, json_set(body, '$.trace', json(trace)) FROM dispute_shown WHERE seq < ? ORDER BY seq DESC LIMIT ?
