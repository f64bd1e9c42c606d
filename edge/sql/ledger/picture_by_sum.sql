SELECT media, body FROM picture WHERE sum = ?
