INSERT INTO person (id, email, name, show_name) VALUES (?1, ?2, ?3, coalesce(?4, 0))
ON CONFLICT (id) DO UPDATE SET email = coalesce(?2, email), name = coalesce(?3, name), show_name = coalesce(?4, show_name)
