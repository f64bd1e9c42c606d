SELECT 1 FROM import WHERE begun_at < ?
