INSERT INTO membership (referrer_id, group_id, since_at) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
