SELECT c.friend_id, c.amount, c.currency, c.occurred_at, c.referrer_id, c.terms_version, x.rate,
  EXISTS (SELECT 1 FROM flag f JOIN flag_decision d ON d.flag_id = f.id WHERE f.conversion_id = c.id AND d.decision = 'confirmed')
FROM conversion c LEFT JOIN exchange x ON x.conversion_id = c.id
WHERE c.id = ? AND c.kind = 'sale'
