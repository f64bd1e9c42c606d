SELECT seq, id, body FROM flag_shown
WHERE seq < ?1
  AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR rule = ?4) AND (?5 IS NULL OR referrer_id = ?5)
  AND (?6 IS NULL OR status = 'open' AND created_at <= ?6 AND created_at > ?7)
ORDER BY seq DESC
LIMIT ?2
