SELECT
  coalesce(sum(granted_amount), 0),
  coalesce(sum(iif(day = ?2, granted_amount, 0)), 0),
  coalesce(sum(iif(substr(day, 1, 7) = substr(?2, 1, 7), granted_amount, 0)), 0)
FROM tally WHERE account IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
