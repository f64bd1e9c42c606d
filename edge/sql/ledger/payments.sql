SELECT count(*), min(occurred_at) FROM (
  SELECT occurred_at FROM conversion WHERE friend_id = ?1 AND kind = 'sale' AND referrer_id IS NOT NULL AND seq < ?2
  UNION ALL
  SELECT c.occurred_at FROM reattribution x JOIN conversion c ON c.id = x.conversion_id
  WHERE x.friend_id = ?1 AND x.kind = 'sale' AND x.number = 1 AND x.lost_by IS NULL AND c.seq < ?2
)
