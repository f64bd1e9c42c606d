UPDATE flag_decision SET note = NULL
WHERE note IS NOT NULL AND (note, decided_at) IN (
  SELECT d.note, d.decided_at FROM flag_decision d JOIN flag f ON f.id = d.flag_id
  WHERE f.friend_id IN (SELECT value FROM json_each(?1)) OR f.referrer_id IN (SELECT value FROM json_each(?1))
)
