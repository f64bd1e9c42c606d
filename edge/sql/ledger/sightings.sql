SELECT network, browser FROM sighting
WHERE referrer_id = ?1 AND network IN (SELECT value FROM json_each(?2)) AND person_id <> ?3
