SELECT s.seq, s.id, s.body FROM audit_shown s
WHERE s.seq < ?1
  AND (?3 IS NULL OR s.actor = ?3)
  AND (?4 IS NULL OR s.about = ?4)
  AND s.seq >= ?5
ORDER BY s.seq DESC
LIMIT ?2
