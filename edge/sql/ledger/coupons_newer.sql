SELECT seq, code, body FROM coupon_shown WHERE seq > ? ORDER BY seq LIMIT ?
