INSERT INTO entry (movement, account, currency, amount, reward_id, taken_back_by, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
FROM json_each(?)
