UPDATE flag_note SET note = printf('%.*c', length(CAST(note AS BLOB)), 'x')
WHERE flag_id IN (
  SELECT id FROM flag WHERE friend_id IN (SELECT value FROM json_each(?1))
  UNION SELECT id FROM flag WHERE referrer_id IN (SELECT value FROM json_each(?1))
)
