WITH mine (id) AS (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
SELECT
  (SELECT count(*) FROM friend f WHERE f.referrer_id IN mine AND NOT EXISTS (SELECT 1 FROM rebinding x WHERE x.friend_id = f.id))
    + (
      SELECT count(*) FROM rebinding x
      WHERE x.referrer_id IN mine AND NOT EXISTS (SELECT 1 FROM rebinding y WHERE y.friend_id = x.friend_id AND y.seq > x.seq)
    ),
  (SELECT count(*) FROM conversion INDEXED BY conversion_of WHERE referrer_id IS NOT NULL AND referrer_id IN mine AND kind = 'lead')
    + (SELECT count(*) FROM reattribution WHERE referrer_id IN mine AND kind = 'lead')
    - (SELECT count(*) FROM reattribution WHERE lost_by IN mine AND kind = 'lead'),
  (SELECT count(*) FROM conversion INDEXED BY conversion_of WHERE referrer_id IS NOT NULL AND referrer_id IN mine AND kind = 'sale')
    + (SELECT count(*) FROM reattribution WHERE referrer_id IN mine AND kind = 'sale')
    - (SELECT count(*) FROM reattribution WHERE lost_by IN mine AND kind = 'sale')
