SELECT
  coalesce(sum(leads), 0), coalesce(sum(qualified_leads), 0), coalesce(sum(sales), 0), coalesce(sum(sold_amount), 0),
  coalesce(sum(iif(substr(day, 1, 7) = ?2, leads, 0)), 0),
  coalesce(sum(iif(substr(day, 1, 7) = ?2, qualified_leads, 0)), 0),
  coalesce(sum(iif(substr(day, 1, 7) = ?2, sales, 0)), 0),
  coalesce(sum(iif(substr(day, 1, 7) = ?2, sold_amount, 0)), 0)
FROM tally WHERE account IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
