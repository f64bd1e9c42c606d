SELECT hash FROM link WHERE seq = ?
