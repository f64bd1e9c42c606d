SELECT s.id, s.key_hash, s.browser, s.created_at, s.seen_at, (
  SELECT a.actor FROM audit a WHERE a.subject = s.id AND a.action = 'session.opened'
)
FROM session s
WHERE s.created_at >= ? AND s.ended_at IS NULL
ORDER BY s.created_at DESC
LIMIT 100
