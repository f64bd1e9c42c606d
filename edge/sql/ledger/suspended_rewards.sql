SELECT r.id, r.conversion_id
FROM reward r
WHERE r.person_id IN (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1)
  AND r.state = 'held' AND r.reason = 'suspended'
