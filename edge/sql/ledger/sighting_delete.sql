DELETE FROM sighting WHERE day < ?
