SELECT json_object('id', id, 'payout_id', payout_id, 'person_id', person_id, 'amount', amount, 'carried_amount', carried_amount, 'state', state, 'note', note)
FROM payout_line WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY seq
