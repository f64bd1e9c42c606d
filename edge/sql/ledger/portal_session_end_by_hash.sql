UPDATE portal_session SET ended_at = ? WHERE hash = ? AND ended_at IS NULL
