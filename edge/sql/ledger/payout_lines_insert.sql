INSERT INTO payout_line (id, payout_id, person_id, amount, carried_amount, state)
SELECT value ->> 0, ?1, value ->> 1, value ->> 2, value ->> 3, 'created' FROM json_each(?2)
