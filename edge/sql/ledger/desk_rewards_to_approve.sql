SELECT s.seq, s.id, s.body FROM reward r INDEXED BY reward_to_approve JOIN reward_shown s ON s.seq = r.seq
WHERE r.seq < ?1 AND r.approval = 'manual' AND r.state IN ('pending', 'held')
ORDER BY r.seq DESC
LIMIT ?2
