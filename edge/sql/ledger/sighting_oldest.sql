SELECT min(day) FROM sighting_salt WHERE day >= ?
