SELECT seq, body FROM coupon_shown WHERE code = ?
