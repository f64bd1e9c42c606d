SELECT count(*) FROM dispute d
WHERE d.referrer_id IN (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
  AND NOT EXISTS (SELECT 1 FROM dispute_decision e WHERE e.dispute_id = d.id)
  AND (SELECT m.author FROM dispute_message m WHERE m.dispute_id = d.id ORDER BY m.seq DESC LIMIT 1) = 'merchant'
