INSERT INTO import (id, reader, begun_at) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET reader = excluded.reader
