SELECT count(*) FROM coupon WHERE pool = ? AND friend_id IS NULL
