SELECT t.version, t.body, t.created_at FROM terms t
WHERE NOT EXISTS (SELECT 1 FROM group_terms g WHERE g.version = t.version)
ORDER BY t.version DESC LIMIT 50
