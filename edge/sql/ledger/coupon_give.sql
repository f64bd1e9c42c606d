UPDATE coupon SET friend_id = ?, reward_id = ?, given_at = ? WHERE code = ?
