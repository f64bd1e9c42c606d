-- Day, friends, leads, sales: conversions by the day on which they happened, friends by the day on which they were first known.
SELECT day, sum(friends), sum(leads), sum(sales) FROM tally
WHERE account IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1) AND day >= ?2 AND day <= ?3
GROUP BY day
