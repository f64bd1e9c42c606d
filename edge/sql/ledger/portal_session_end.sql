UPDATE portal_session SET ended_at = ? WHERE id = ? AND ended_at IS NULL
