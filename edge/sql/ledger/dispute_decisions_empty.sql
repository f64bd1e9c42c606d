UPDATE dispute_decision SET note = ''
WHERE note IS NOT NULL AND dispute_id IN (
  SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1))
  UNION SELECT d.id FROM dispute d CROSS JOIN conversion c ON c.id = d.about WHERE c.friend_id IN (SELECT value FROM json_each(?1))
  UNION SELECT d.id FROM dispute d CROSS JOIN conversion c ON c.kind = 'sale' AND c.natural_key = d.about WHERE c.friend_id IN (SELECT value FROM json_each(?1))
  UNION SELECT dispute_id FROM reattribution WHERE lost_by IN (SELECT value FROM json_each(?1)) OR friend_id IN (SELECT value FROM json_each(?1))
)
