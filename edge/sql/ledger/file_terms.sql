SELECT t.version, t.version || '', json_object(
  'version', t.version,
  'group_id', v.group_id,
  'group', g.name,
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch'),
  'terms', json(t.body)
)
FROM terms t LEFT JOIN group_terms v ON v.version = t.version LEFT JOIN referrer_group g ON g.id = v.group_id
WHERE t.version < ?1
ORDER BY t.version DESC
LIMIT ?2
