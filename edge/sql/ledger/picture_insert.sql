INSERT INTO picture (sum, media, body) VALUES (?, ?, ?) ON CONFLICT (sum) DO NOTHING
