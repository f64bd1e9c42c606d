SELECT id FROM claim
WHERE email IS NOT NULL AND (
  email = ?1 COLLATE NOCASE OR customer_id = ?2
  OR customer_id IN (SELECT customer_id FROM friend WHERE id IN (SELECT value FROM json_each(?3)))
)
