SELECT code, pool FROM coupon WHERE code IN (SELECT value FROM json_each(?))
