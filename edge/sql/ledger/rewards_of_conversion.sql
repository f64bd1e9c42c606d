SELECT r.id, r.side, r.person_id, r.amount, r.currency, r.perk, r.state, (
  SELECT coalesce(-sum(e.amount), 0) FROM entry e
  WHERE e.reward_id = r.id AND e.account <> 'program' AND e.taken_back_by IS NOT NULL
)
FROM reward r WHERE r.conversion_id = ? ORDER BY r.seq
