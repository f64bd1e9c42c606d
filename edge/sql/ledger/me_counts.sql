WITH mine (id) AS (SELECT ?1 UNION ALL SELECT referrer_id FROM joined_to WHERE identified_id = ?1)
SELECT
  (SELECT count(*) FROM friend WHERE referrer_id IN mine),
  (SELECT count(*) FROM conversion WHERE referrer_id IN mine AND kind = 'lead'),
  (SELECT count(*) FROM conversion WHERE referrer_id IN mine AND kind = 'sale')
