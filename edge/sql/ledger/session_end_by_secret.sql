UPDATE session SET ended_at = ? WHERE id = (SELECT session_id FROM session_secret WHERE hash = ?) AND ended_at IS NULL
