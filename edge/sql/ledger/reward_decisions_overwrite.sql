UPDATE reward_decision SET note = printf('%.*c', length(CAST(note AS BLOB)), 'x')
WHERE note IS NOT NULL AND (note, decided_at) IN (
  SELECT d.note, d.decided_at FROM reward_decision d JOIN reward r ON r.id = d.reward_id
  WHERE r.conversion_id IN (
    SELECT conversion_id FROM reward WHERE person_id IN (SELECT value FROM json_each(?1)) UNION SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1))
  )
)
