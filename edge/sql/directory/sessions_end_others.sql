DELETE FROM operator_session WHERE created_at > ? AND id <> ?
