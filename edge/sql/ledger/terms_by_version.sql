SELECT version, body FROM terms WHERE version = ?
