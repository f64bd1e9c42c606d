SELECT s.seq, s.id, s.body FROM reward r JOIN reward_shown s ON s.seq = r.seq
WHERE r.person_id = ?4 AND r.seq < ?1 AND (?3 IS NULL OR r.state = ?3)
ORDER BY r.seq DESC
LIMIT ?2
