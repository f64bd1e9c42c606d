SELECT min(day) FROM sighting_salt
