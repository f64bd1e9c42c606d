INSERT INTO referrer (id, code, external_id, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)
