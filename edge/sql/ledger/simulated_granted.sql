SELECT r.side, r.amount, r.perk IS NOT NULL
FROM (
  SELECT c.id FROM conversion c
  WHERE c.seq < ?1 AND c.seq > iif(?3 IS NULL, 0, (SELECT max(seq) FROM conversion) - ?4)
    AND (c.referrer_id IS NOT NULL OR EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id))
    AND (?3 IS NULL OR ?3 = (SELECT m.group_id FROM membership m
      WHERE m.referrer_id = coalesce((SELECT x.referrer_id FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), c.referrer_id)
      ORDER BY m.seq DESC LIMIT 1))
  ORDER BY c.seq DESC LIMIT ?2
) c
JOIN reward r ON r.conversion_id = c.id
WHERE r.side = 'friend' OR r.credit_number = (SELECT coalesce(max(x.number), 0) FROM reattribution x WHERE x.conversion_id = c.id)
