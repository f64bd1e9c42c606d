SELECT c.id, c.friend_id FROM credit c
WHERE c.referrer_id = ?1 AND c.customer_id = ?2
  AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND f.rule = 'self_referral')
ORDER BY c.seq
