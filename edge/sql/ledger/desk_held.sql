SELECT r.conversion_id, r.currency, sum(r.amount)
FROM reward r
WHERE r.conversion_id IN (SELECT value FROM json_each(?)) AND r.state = 'held' AND r.perk IS NULL
GROUP BY r.conversion_id, r.currency
