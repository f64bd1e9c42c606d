DELETE FROM sighting WHERE person_id IN (SELECT value FROM json_each(?))
