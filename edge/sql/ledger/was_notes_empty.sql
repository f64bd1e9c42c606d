UPDATE was SET body = json_set(body, '$.note', NULL)
WHERE source = 'payout_line' AND body ->> '$.note' IS NOT NULL
