-- Day, what, how many: conversions by the day on which they happened, friends by the day on which they were first known.
WITH mine (id) AS (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
SELECT strftime('%Y-%m-%d', at / 1000.0, 'unixepoch'), what, count(*) FROM (
  SELECT c.occurred_at AS at, c.kind AS what FROM conversion c INDEXED BY conversion_pace
  WHERE c.referrer_id IS NOT NULL AND c.referrer_id IN mine AND c.occurred_at >= ?2 AND c.occurred_at < ?3
    AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id)
  UNION ALL
  SELECT c.occurred_at, c.kind FROM reattribution x JOIN conversion c ON c.id = x.conversion_id
  WHERE x.referrer_id IN mine AND c.occurred_at >= ?2 AND c.occurred_at < ?3
    AND NOT EXISTS (SELECT 1 FROM reattribution y WHERE y.conversion_id = x.conversion_id AND y.number > x.number)
  UNION ALL
  SELECT f.created_at, 'friend' FROM friend f
  WHERE f.referrer_id IS NOT NULL AND f.referrer_id IN mine AND f.created_at >= ?2 AND f.created_at < ?3
    AND NOT EXISTS (SELECT 1 FROM rebinding b WHERE b.friend_id = f.id)
  UNION ALL
  SELECT f.created_at, 'friend' FROM rebinding b JOIN friend f ON f.id = b.friend_id
  WHERE b.referrer_id IS NOT NULL AND b.referrer_id IN mine AND f.created_at >= ?2 AND f.created_at < ?3
    AND NOT EXISTS (SELECT 1 FROM rebinding n WHERE n.friend_id = b.friend_id AND n.seq > b.seq)
)
GROUP BY 1, 2
