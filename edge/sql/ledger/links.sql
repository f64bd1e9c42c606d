SELECT l.seq, l.kind, l.key, l.hash, CASE l.kind
  WHEN 'entry' THEN (
    SELECT json_array(movement, account, currency, amount, reward_id, taken_back_by, created_at)
    FROM entry WHERE seq = CAST(l.key AS INTEGER)
  )
  WHEN 'flag_decision' THEN (SELECT json_array(decision, decided_at) FROM flag_decision WHERE flag_id = l.key)
  WHEN 'dispute_decision' THEN (
    SELECT iif(
      x.seq IS NULL,
      json_array(d.decision, d.decided_at),
      json_array(d.decision, d.decided_at, x.conversion_id, x.lost_by, x.referrer_id, x.terms_version)
    )
    FROM dispute_decision d LEFT JOIN reattribution x ON x.dispute_id = d.dispute_id WHERE d.dispute_id = l.key
  )
  WHEN 'lead_stage' THEN (
    SELECT json_array(decided_by, decided_at) FROM lead_stage
    WHERE lead_id = substr(l.key, 1, instr(l.key, ' ') - 1) AND stage = substr(l.key, instr(l.key, ' ') + 1)
  )
  WHEN 'exchange' THEN (SELECT json_array(rate, amount, told_at) FROM exchange WHERE conversion_id = l.key)
  WHEN 'reward_decision' THEN (SELECT json_array(reward_id, decision, decided_at) FROM reward_decision WHERE id = l.key)
  WHEN 'payout_line' THEN (SELECT json_array(payout_id, person_id, amount, carried_amount) FROM payout_line WHERE id = l.key)
  WHEN 'suspension' THEN (SELECT json_array(referrer_id, state, cause, at) FROM suspension WHERE id = l.key)
  WHEN 'rebinding' THEN (SELECT json_array(friend_id, referrer_id, cause, at) FROM rebinding WHERE id = l.key)
END
FROM link l WHERE l.seq > ? ORDER BY l.seq LIMIT ?
