SELECT u.seq, u.kind, u.key, CASE u.kind
  WHEN 'entry' THEN (
    SELECT json_array(movement, account, currency, amount, reward_id, taken_back_by, created_at)
    FROM entry WHERE seq = CAST(u.key AS INTEGER)
  )
  WHEN 'flag_decision' THEN (SELECT json_array(decision, decided_at) FROM flag_decision WHERE flag_id = u.key)
  WHEN 'dispute_decision' THEN (SELECT json_array(decision, decided_at) FROM dispute_decision WHERE dispute_id = u.key)
END
FROM unsealed u WHERE u.seq > 0 ORDER BY u.seq LIMIT ?
