UPDATE sighting_salt SET salt = substr('[' || hex(zeroblob(1000)), 1, length(salt)) WHERE day < ?
