DELETE FROM sighting_salt WHERE day < ?
