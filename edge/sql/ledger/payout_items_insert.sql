INSERT INTO payout_item (line_id, reward_id, amount)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
