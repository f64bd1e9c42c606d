DELETE FROM payout_target WHERE person_id IN (SELECT value FROM json_each(?))
