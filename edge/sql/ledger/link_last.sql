SELECT l.seq, l.hash, (SELECT coalesce(max(seq), 0) FROM entry) FROM link l WHERE l.seq > 0 ORDER BY l.seq DESC LIMIT 1
