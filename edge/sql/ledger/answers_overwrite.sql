UPDATE idempotency SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x')
WHERE route = '/v1/referrers' AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(idempotency.body, value) > 0)
