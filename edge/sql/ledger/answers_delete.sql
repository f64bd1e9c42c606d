DELETE FROM idempotency WHERE route = '/v1/referrers' AND body NOT LIKE '{%'
