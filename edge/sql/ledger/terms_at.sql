SELECT t.version, t.body FROM terms t
WHERE t.created_at <= ? AND NOT EXISTS (SELECT 1 FROM group_terms g WHERE g.version = t.version)
ORDER BY t.version DESC LIMIT 1
