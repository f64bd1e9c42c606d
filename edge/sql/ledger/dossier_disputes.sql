SELECT s.body FROM dispute_shown s WHERE s.referrer_id IN (
  SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1
) ORDER BY s.seq DESC LIMIT 20
