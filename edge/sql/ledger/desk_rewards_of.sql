WITH mine (id) AS (SELECT ?4 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?4)
SELECT s.seq, s.id, s.body FROM (
  SELECT r.seq FROM mine m
  JOIN reward r ON r.seq IN (
    -- As a case, whatever is wanted is looked for among their own.
    SELECT n.seq FROM reward n WHERE n.person_id = m.id AND n.seq < ?1 AND CASE
      WHEN ?3 IS NULL THEN 1
      WHEN ?3 = 'to_approve' THEN n.approval = 'manual' AND n.state IN ('pending', 'held')
      ELSE n.state = ?3
    END
    ORDER BY n.seq DESC LIMIT ?2
  )
  ORDER BY r.seq DESC LIMIT ?2
) o
JOIN reward_shown s ON s.seq = o.seq
ORDER BY s.seq DESC
