SELECT body FROM reward_shown WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY seq
