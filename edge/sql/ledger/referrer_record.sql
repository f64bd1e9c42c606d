-- How many are credited to them now. What was confirmed or rejected while they had the credit stays theirs. With a limit, if an
-- endless one, the view is asked for this referrer alone.
WITH account (id) AS (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1),
  since (at) AS (SELECT coalesce(max(at), 0) FROM suspension WHERE referrer_id IN (SELECT id FROM account) AND state = 'reinstated')
SELECT
  (SELECT count(*) FROM (
    SELECT 1 FROM credit WHERE referrer_id IN (SELECT id FROM account) AND recorded_at > (SELECT at FROM since) LIMIT -1
  )),
  (SELECT count(DISTINCT f.conversion_id) FROM flag f JOIN flag_decision d ON d.flag_id = f.id
   WHERE f.referrer_id IN (SELECT id FROM account) AND d.decision = 'confirmed' AND d.decided_at > (SELECT at FROM since)
     AND f.conversion_id NOT IN (SELECT value FROM json_each(?2))),
  (SELECT count(*) FROM lead_stage l
   WHERE l.referrer_id IN (SELECT id FROM account) AND l.stage = 'rejected' AND l.referrer_id IS NOT NULL AND l.decided_at > (SELECT at FROM since)
     AND l.lead_id NOT IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (
       SELECT 1 FROM flag f JOIN flag_decision d ON d.flag_id = f.id
       WHERE f.conversion_id = l.lead_id AND d.decision = 'confirmed')),
  (SELECT state FROM suspension WHERE referrer_id IN (SELECT id FROM account) ORDER BY seq DESC LIMIT 1)
