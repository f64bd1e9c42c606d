SELECT r.side, r.amount, r.perk IS NOT NULL
FROM (
  SELECT id FROM conversion
  WHERE seq < ?1 AND (referrer_id IS NOT NULL OR EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = conversion.id))
  ORDER BY seq DESC LIMIT ?2
) c
JOIN reward r ON r.conversion_id = c.id
WHERE r.side = 'friend' OR r.credit_number = (SELECT coalesce(max(x.number), 0) FROM reattribution x WHERE x.conversion_id = c.id)
