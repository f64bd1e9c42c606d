SELECT s.body FROM (
  SELECT seq FROM reward WHERE person_id IN (
    SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1
  ) ORDER BY seq DESC LIMIT 20
) r JOIN reward_shown s ON s.seq = r.seq
ORDER BY r.seq DESC
