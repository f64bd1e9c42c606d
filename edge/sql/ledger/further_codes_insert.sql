INSERT INTO further_code (code, referrer_id, added_at) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
