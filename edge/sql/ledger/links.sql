SELECT l.seq, l.kind, l.key, l.hash, CASE l.kind
  WHEN 'entry' THEN (
    SELECT json_array(movement, account, currency, amount, reward_id, taken_back_by, created_at)
    FROM entry WHERE seq = CAST(l.key AS INTEGER)
  )
  WHEN 'flag_decision' THEN (SELECT json_array(decision, decided_at) FROM flag_decision WHERE flag_id = l.key)
  WHEN 'dispute_decision' THEN (SELECT json_array(decision, decided_at) FROM dispute_decision WHERE dispute_id = l.key)
END
FROM link l WHERE l.seq > ? ORDER BY l.seq LIMIT ?
