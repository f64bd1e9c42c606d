INSERT INTO person (id, email, name) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
