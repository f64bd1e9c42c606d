DELETE FROM flag_note
WHERE flag_id IN (
  SELECT id FROM flag WHERE friend_id IN (SELECT value FROM json_each(?1))
  UNION SELECT id FROM flag WHERE referrer_id IN (SELECT value FROM json_each(?1))
)
