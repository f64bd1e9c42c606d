SELECT code, click_id, clicked_at, claimed FROM (
  SELECT code, click_id, clicked_at, told_at, 0 AS claimed FROM touch WHERE friend_id = ?1
  UNION ALL
  SELECT code, click_id, clicked_at, created_at, 1 FROM claim WHERE customer_id = ?2
)
-- What a person found to be fraud, and took the customer away for, counts no more.
WHERE click_id NOT IN (SELECT b.click_id FROM rebinding b WHERE b.friend_id = ?1 AND b.referrer_id IS NULL AND b.click_id IS NOT NULL)
ORDER BY told_at, click_id
LIMIT 100
