SELECT t.version FROM terms t
WHERE NOT EXISTS (SELECT 1 FROM group_terms g WHERE g.version = t.version)
ORDER BY t.version DESC
