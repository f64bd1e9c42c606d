WITH account (id) AS (SELECT ?1 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?1)
SELECT
  (SELECT count(*) FROM (
    SELECT 1 FROM credit WHERE referrer_id IN (SELECT id FROM account) AND occurred_at > ?2 - 1800000 AND occurred_at <= ?2 LIMIT 200
  )),
  (SELECT count(*) FROM (
    SELECT 1 FROM credit WHERE referrer_id IN (SELECT id FROM account) AND occurred_at > ?2 - 86400000 AND occurred_at <= ?2 LIMIT 200
  )),
  (SELECT state FROM suspension WHERE referrer_id IN (SELECT id FROM account) ORDER BY seq DESC LIMIT 1),
  EXISTS (SELECT 1 FROM own_click WHERE click_id = ?3 AND referrer_id IN (SELECT id FROM account)),
  EXISTS (
    SELECT 1 FROM payout_target a JOIN payout_target b ON substr(b.iban, -6) = substr(a.iban, -6) AND b.iban = a.iban
    WHERE a.person_id IN (SELECT id FROM account) AND b.person_id NOT IN (SELECT id FROM account)
  )
