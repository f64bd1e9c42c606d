SELECT
  (SELECT count(*) FROM conversion WHERE referrer_id = ?1 AND recorded_at > s.since),
  (SELECT count(DISTINCT f.conversion_id) FROM flag f JOIN flag_decision d ON d.flag_id = f.id
   WHERE f.referrer_id = ?1 AND d.decision = 'confirmed' AND d.decided_at > s.since
     AND f.conversion_id NOT IN (SELECT value FROM json_each(?2))),
  (SELECT state FROM suspension WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 1)
FROM (SELECT coalesce(max(at), 0) AS since FROM suspension WHERE referrer_id = ?1 AND state = 'reinstated') s
