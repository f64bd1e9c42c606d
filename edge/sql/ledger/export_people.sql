SELECT json_object('id', id, 'email', email, 'name', name, 'show_name', json(iif(show_name = 1, 'true', 'false'))) FROM person WHERE id IN (SELECT value FROM json_each(?))
