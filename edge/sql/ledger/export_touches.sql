SELECT json_object(
  'click_id', click_id, 'code', code,
  'clicked_at', strftime('%Y-%m-%dT%H:%M:%fZ', clicked_at / 1000.0, 'unixepoch'),
  'told_at', strftime('%Y-%m-%dT%H:%M:%fZ', told_at / 1000.0, 'unixepoch')
) FROM touch WHERE friend_id IN (SELECT value FROM json_each(?)) ORDER BY told_at, click_id
