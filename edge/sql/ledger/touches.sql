SELECT code, click_id, clicked_at FROM (
  SELECT code, click_id, clicked_at, told_at FROM touch WHERE friend_id = ?1
  UNION
  SELECT code, click_id, clicked_at, created_at FROM claim WHERE customer_id = ?2
)
ORDER BY told_at, click_id
LIMIT 100
