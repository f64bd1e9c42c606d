INSERT INTO person (id, email, name) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET email = coalesce(?2, email), name = coalesce(?3, name)
