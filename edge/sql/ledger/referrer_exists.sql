SELECT r.id FROM referrer r
WHERE r.id IN (
  SELECT ?1
  UNION SELECT identified_id FROM joined_to WHERE referrer_id = ?1
  UNION SELECT referrer_id FROM joined_to
  WHERE identified_id = coalesce((SELECT identified_id FROM joined_to WHERE referrer_id = ?1), ?1)
)
