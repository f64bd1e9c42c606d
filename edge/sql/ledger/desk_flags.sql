SELECT s.seq, s.id, s.body FROM flag_shown s
WHERE s.seq < ?1
  AND CASE ?3 WHEN 'all' THEN 1 WHEN 'decided' THEN s.status <> 'open' ELSE s.status = ?3 END
  AND (?4 IS NULL OR s.rule = ?4)
  AND (?5 IS NULL OR s.weight >= ?5)
  AND (?6 IS NULL OR s.referrer_id IN (
    SELECT ?6 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?6
  ))
  AND (?7 IS NULL OR s.created_at <= ?7 AND s.created_at > ?8)
ORDER BY s.seq DESC
LIMIT ?2
