SELECT json_object('person_id', person_id, 'name', name, 'iban', iban) FROM payout_target WHERE person_id IN (SELECT value FROM json_each(?))
