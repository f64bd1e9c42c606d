SELECT r.id, r.conversion_id, l.id, r.person_id, i.amount, r.currency
FROM payout_line l JOIN payout_item i ON i.line_id = l.id JOIN reward r ON r.id = i.reward_id
WHERE l.id IN (SELECT value FROM json_each(?)) AND r.state = 'approved'
