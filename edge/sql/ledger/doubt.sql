WITH account (id) AS (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1)
SELECT
  (SELECT count(*) FROM (
    SELECT 1 FROM conversion WHERE referrer_id IN (SELECT id FROM account) AND occurred_at > ?2 - 1800000 AND occurred_at <= ?2 LIMIT 200
  )),
  (SELECT count(*) FROM (
    SELECT 1 FROM conversion WHERE referrer_id IN (SELECT id FROM account) AND occurred_at > ?2 - 86400000 AND occurred_at <= ?2 LIMIT 200
  )),
  (SELECT state FROM suspension WHERE referrer_id IN (SELECT id FROM account) ORDER BY seq DESC LIMIT 1)
