SELECT code, click_id, clicked_at, claimed FROM (
  SELECT code, click_id, clicked_at, told_at, 0 AS claimed FROM touch WHERE friend_id = ?1
  UNION ALL
  SELECT code, click_id, clicked_at, created_at, 1 FROM claim WHERE customer_id = ?2
)
ORDER BY told_at, click_id
LIMIT 100
