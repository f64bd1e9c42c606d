UPDATE operator_session SET seen_at = ? WHERE id = ?
