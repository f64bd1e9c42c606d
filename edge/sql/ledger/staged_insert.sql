INSERT INTO staged (seq, body) SELECT value ->> 0, value ->> 1 FROM json_each(?)
