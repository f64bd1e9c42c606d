SELECT o.code, r.id, r.external_id, p.email
FROM (
  SELECT code, id FROM referrer WHERE code IN (SELECT value FROM json_each(?1))
  UNION ALL
  SELECT code, referrer_id FROM further_code WHERE code IN (SELECT value FROM json_each(?1))
) o
LEFT JOIN joined_to j ON j.referrer_id = o.id
JOIN referrer r ON r.id = coalesce(j.identified_id, o.id)
LEFT JOIN person p ON p.id = r.id
