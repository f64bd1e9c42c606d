SELECT p.id = ?2, p.email, p.name
FROM person p
WHERE p.id IN (
  SELECT ?1
  UNION ALL SELECT ?2
  UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1
  UNION ALL SELECT f.id FROM referrer r JOIN friend f ON f.customer_id = r.external_id WHERE r.id = ?1
)
