SELECT o.id, o.code, r.id, r.code, r.external_id
FROM (
  SELECT id, code FROM referrer WHERE proof_hash = ?1
  UNION ALL
  SELECT referrer_id, code FROM further_code WHERE proof_hash = ?1
) o
LEFT JOIN joined_to j ON j.referrer_id = o.id
JOIN referrer r ON r.id = coalesce(j.identified_id, o.id)
