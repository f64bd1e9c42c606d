INSERT INTO group_terms (version, group_id) VALUES (?, ?)
