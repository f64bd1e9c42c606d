DELETE FROM operator_session WHERE id = (SELECT session_id FROM operator_secret WHERE hash = ?)
