DELETE FROM operator_session WHERE id = ?
