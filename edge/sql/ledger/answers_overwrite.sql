UPDATE idempotency SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x')
WHERE (route = '/v1/referrers' OR route LIKE '/v1/referrers/%/payout_target')
  AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(idempotency.body, value) > 0)
  -- What follows shows notes about a conversion or words of a dispute. Asked again, it says them as they are by then.
  OR route LIKE '/v1/leads/%/decision' OR route LIKE '/v1/sales/%/exchange_rate' OR route LIKE '/v1/disputes/%'
  OR route LIKE '/v1/flags/%' OR route LIKE '/v1/referrers/%/suspension' OR route = '/v1/disputes'
  OR route LIKE '/v1/rewards/%' OR route LIKE '/v1/payouts/%'
