DELETE FROM unsealed WHERE seq <= ?
