DELETE FROM portal_session WHERE created_at < ?
