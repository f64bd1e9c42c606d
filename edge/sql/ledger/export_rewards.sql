SELECT json_set(body, '$.decisions', (
  SELECT json_group_array(json_object('decision', d.decision, 'note', d.note, 'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.decided_at / 1000.0, 'unixepoch')))
  FROM (SELECT * FROM reward_decision WHERE reward_id = reward_shown.id ORDER BY seq) d
)) FROM reward_shown WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY seq
