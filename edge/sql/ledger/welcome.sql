SELECT coalesce(j.identified_id, o.id), p.name
FROM (
  SELECT id FROM referrer WHERE code = ?1
  UNION ALL
  SELECT referrer_id FROM further_code WHERE code = ?1
) o
LEFT JOIN joined_to j ON j.referrer_id = o.id
LEFT JOIN person p ON p.id = coalesce(j.identified_id, o.id) AND p.show_name = 1
