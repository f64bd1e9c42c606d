INSERT INTO clock (id, ahead_ms) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET ahead_ms = ?1
