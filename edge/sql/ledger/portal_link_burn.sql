DELETE FROM portal_link WHERE hash = ?
