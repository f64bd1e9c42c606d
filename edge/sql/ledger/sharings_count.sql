SELECT count(*) FROM referrer WHERE id IN (SELECT value FROM json_each(?)) AND shared_at > 0
