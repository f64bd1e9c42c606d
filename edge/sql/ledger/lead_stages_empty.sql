UPDATE lead_stage SET reason = ''
WHERE decided_by = 'person' AND (reason, decided_at) IN (
  SELECT reason, decided_at FROM lead_stage WHERE friend_id IN (SELECT value FROM json_each(?1)) OR referrer_id IN (SELECT value FROM json_each(?1))
)
