SELECT
  (SELECT count(*) FROM flag f WHERE NOT EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = f.id)),
  (SELECT count(*) FROM dispute q WHERE NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = q.id)),
  (SELECT count(*) FROM reward r INDEXED BY reward_to_approve WHERE r.approval = 'manual' AND r.state IN ('pending', 'held'))
