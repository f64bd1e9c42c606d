SELECT json_object('id', id, 'email', email, 'name', name) FROM person WHERE id IN (SELECT value FROM json_each(?))
