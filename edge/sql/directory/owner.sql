SELECT uid FROM name WHERE name = ?
