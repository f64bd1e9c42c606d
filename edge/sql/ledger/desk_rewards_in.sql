SELECT s.seq, s.id, s.body FROM reward r JOIN reward_shown s ON s.seq = r.seq
WHERE r.state = ?3 AND r.seq < ?1
ORDER BY r.seq DESC
LIMIT ?2
