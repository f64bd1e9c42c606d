SELECT json_object('referrer_id', s.referrer_id, 'state', s.state, 'cause', s.cause, 'note', n.body,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', s.at / 1000.0, 'unixepoch'))
FROM suspension s LEFT JOIN suspension_note n ON n.suspension_id = s.id
WHERE s.referrer_id IN (SELECT value FROM json_each(?)) ORDER BY s.seq
