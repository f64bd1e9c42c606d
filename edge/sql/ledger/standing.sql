SELECT p.email, p.name, coalesce(p.show_name, 0), (
  SELECT max(t.version) FROM terms_accepted t
  WHERE t.referrer_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
)
FROM referrer r LEFT JOIN person p ON p.id = r.id
WHERE r.id = ?1
