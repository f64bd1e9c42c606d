SELECT c.friend_id, c.amount, c.currency, c.occurred_at, coalesce(x.referrer_id, c.referrer_id), coalesce(x.terms_version, c.terms_version), e.rate,
  EXISTS (
    SELECT 1 FROM flag f JOIN flag_decision d ON d.flag_id = f.id
    WHERE f.conversion_id = c.id AND f.referrer_id = coalesce(x.referrer_id, c.referrer_id) AND d.decision = 'confirmed'
  ),
  c.seq
FROM conversion c
LEFT JOIN exchange e ON e.conversion_id = c.id
LEFT JOIN reattribution x ON x.conversion_id = c.id AND x.number = (SELECT max(number) FROM reattribution WHERE conversion_id = c.id)
WHERE c.id = ? AND c.kind = 'sale'
