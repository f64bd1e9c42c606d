SELECT
  (SELECT count(*) FROM further_code WHERE referrer_id = ?1)
  + (SELECT count(*) FROM joined_to WHERE identified_id = ?1)
