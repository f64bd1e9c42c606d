SELECT json_object(
  'id', id, 'browser', browser,
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch'),
  'seen_at', strftime('%Y-%m-%dT%H:%M:%fZ', seen_at / 1000.0, 'unixepoch'),
  'ended_at', strftime('%Y-%m-%dT%H:%M:%fZ', ended_at / 1000.0, 'unixepoch')
) FROM portal_session WHERE referrer_id IN (SELECT value FROM json_each(?)) ORDER BY created_at
