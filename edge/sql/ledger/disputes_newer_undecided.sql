SELECT seq, id, json_set(body, '$.trace', json(trace)) FROM dispute_shown WHERE seq > ? AND decision IS NULL AND due_at < ?3 ORDER BY seq LIMIT ?2
