INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, perk, state, reason, approval, available_at, created_at, credit_number)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
  value ->> 10, value ->> 11, value ->> 12, (SELECT coalesce(max(number), 0) FROM reattribution WHERE conversion_id = value ->> 1)
FROM json_each(?)
