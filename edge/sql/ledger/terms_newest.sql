SELECT t.version, t.body, t.created_at, (SELECT max(version) FROM terms), EXISTS (SELECT 1 FROM group_terms)
FROM terms t WHERE NOT EXISTS (SELECT 1 FROM group_terms g WHERE g.version = t.version)
ORDER BY t.version DESC LIMIT 1
