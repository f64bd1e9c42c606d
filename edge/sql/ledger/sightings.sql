SELECT network, browser FROM sighting
WHERE referrer_id IN (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1)
  AND network IN (SELECT value FROM json_each(?2)) AND person_id <> ?3
