UPDATE payout_line SET note = NULL
WHERE note IS NOT NULL AND (payout_id, note, decided_at) IN (
  SELECT payout_id, note, decided_at FROM payout_line WHERE person_id IN (SELECT value FROM json_each(?1))
)
