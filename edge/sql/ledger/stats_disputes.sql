SELECT
  (SELECT count(*) FROM dispute WHERE created_at >= ?1 AND created_at < ?2),
  (SELECT count(*) FROM dispute d WHERE NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id)),
  (
    SELECT count(*) FROM dispute d
    WHERE coalesce(d.due_at, d.created_at + 1209600000) < ?3 AND NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id)
  )
