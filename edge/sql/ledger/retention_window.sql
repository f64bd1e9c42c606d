SELECT coalesce(max(body ->> '$.window_days'), 0) FROM terms
