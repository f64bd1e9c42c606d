INSERT INTO link (seq, kind, key, hash) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)
