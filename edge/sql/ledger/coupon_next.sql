SELECT EXISTS (SELECT 1 FROM coupon WHERE pool = ?1 AND friend_id = ?2),
  (SELECT code FROM coupon WHERE pool = ?1 AND friend_id IS NULL ORDER BY seq LIMIT 1)
