SELECT seq, json_set(body, '$.trace', json(trace)) FROM dispute_shown WHERE id = ?
