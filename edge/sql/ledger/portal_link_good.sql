SELECT l.referrer_id, l.identified
FROM portal_link l JOIN referrer r ON r.id = l.referrer_id
WHERE l.hash = ?1 AND l.created_at > ?2
  -- Whoever had the secret of a link before it was somebody's who signs in goes on reading nothing of theirs.
  AND (l.identified = 1 OR r.external_id IS NULL)
  AND NOT EXISTS (SELECT 1 FROM joined_to j WHERE j.referrer_id = l.referrer_id)
