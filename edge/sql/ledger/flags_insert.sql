INSERT INTO flag (id, conversion_id, referrer_id, friend_id, rule, weight, evidence, settings_version, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
FROM json_each(?)
