SELECT s.id, s.referrer_id, s.identified, s.created_at, s.seen_at
FROM portal_session s JOIN referrer r ON r.id = s.referrer_id
WHERE s.hash = ? AND s.ended_at IS NULL
  AND (s.identified = 1 OR r.external_id IS NULL)
  AND NOT EXISTS (SELECT 1 FROM joined_to j WHERE j.referrer_id = s.referrer_id)
