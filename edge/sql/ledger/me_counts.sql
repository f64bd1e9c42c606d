SELECT coalesce(sum(friends), 0), coalesce(sum(leads), 0), coalesce(sum(sales), 0) FROM tally
WHERE account IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
