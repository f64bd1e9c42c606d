SELECT (SELECT email FROM person WHERE id = ?1), (SELECT email FROM person WHERE id = ?2)
