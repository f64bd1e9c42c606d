INSERT INTO coupon (code, pool, uploaded_at) SELECT value, ?, ? FROM json_each(?)
