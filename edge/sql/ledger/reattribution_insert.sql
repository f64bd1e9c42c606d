INSERT INTO reattribution (
  id, dispute_id, conversion_id, kind, friend_id, number, lost_by, referrer_id, code, click_id, clicked_at, terms_version, attribution, decided_at, rules
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
