SELECT s.seq, s.id, s.body FROM reward_shown s
WHERE s.seq < ?1
ORDER BY s.seq DESC
LIMIT ?2
