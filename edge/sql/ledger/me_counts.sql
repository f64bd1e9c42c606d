SELECT
  (SELECT count(*) FROM friend WHERE referrer_id = ?1),
  (SELECT count(*) FROM conversion WHERE referrer_id = ?1 AND kind = 'lead'),
  (SELECT count(*) FROM conversion WHERE referrer_id = ?1 AND kind = 'sale')
