SELECT json_object(
  'id', id, 'customer_id', customer_id, 'referrer_id', referrer_id, 'code', code, 'click_id', click_id,
  'clicked_at', strftime('%Y-%m-%dT%H:%M:%fZ', clicked_at / 1000.0, 'unixepoch'),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch')
) FROM friend_bound WHERE id IN (SELECT value FROM json_each(?))
