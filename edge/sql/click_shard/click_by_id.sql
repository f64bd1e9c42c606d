SELECT count(*) FROM click WHERE id = ?
