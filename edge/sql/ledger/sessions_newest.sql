SELECT s.id, s.key_hash, s.browser, s.created_at, s.seen_at, (
  SELECT a.actor FROM audit a WHERE a.subject = s.id AND a.action = 'session.opened'
)
FROM session s
WHERE s.created_at > ?1 AND s.seen_at > ?2 AND s.ended_at IS NULL
ORDER BY s.seen_at DESC, s.id
LIMIT ?3
