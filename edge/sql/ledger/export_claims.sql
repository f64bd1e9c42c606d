SELECT json_object(
  'id', id, 'click_id', click_id, 'code', code, 'customer_id', customer_id, 'email', email,
  'clicked_at', strftime('%Y-%m-%dT%H:%M:%fZ', clicked_at / 1000.0, 'unixepoch'),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch')
) FROM claim WHERE customer_id = ? ORDER BY seq
