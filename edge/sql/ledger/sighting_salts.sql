SELECT day, salt FROM sighting_salt WHERE day >= ?
