UPDATE name SET live = 1 WHERE name = ? AND uid = ?
