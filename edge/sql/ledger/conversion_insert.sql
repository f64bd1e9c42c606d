INSERT INTO conversion (
  id, kind, natural_key, friend_id, customer_id, amount, currency, occurred_at, recorded_at,
  referrer_id, reason, attribution, terms_version, answer
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
