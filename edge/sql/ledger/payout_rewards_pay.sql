UPDATE reward SET state = 'paid'
WHERE state = 'approved' AND id IN (SELECT reward_id FROM payout_item WHERE line_id IN (SELECT value FROM json_each(?)))
