DELETE FROM portal_link WHERE created_at < ?
