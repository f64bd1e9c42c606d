INSERT INTO ranking_since (one, day) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET day = excluded.day
