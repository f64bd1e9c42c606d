SELECT t.body, c.referrer_id FROM trace t JOIN conversion c ON c.id = t.conversion_id WHERE t.conversion_id = ?
