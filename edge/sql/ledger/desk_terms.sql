SELECT t.version, t.body, t.created_at, coalesce((
  SELECT s.actor FROM audit_shown s WHERE s.seq = (
    SELECT a.seq FROM audit a WHERE a.at = t.created_at AND a.action = 'terms.changed' ORDER BY a.seq DESC LIMIT 1
  )
), 'operator')
FROM terms t
WHERE t.version < ?1 AND NOT EXISTS (SELECT 1 FROM group_terms g WHERE g.version = t.version)
ORDER BY t.version DESC LIMIT ?2
