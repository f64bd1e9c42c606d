UPDATE portal_session SET seen_at = ? WHERE id = ? AND ended_at IS NULL
