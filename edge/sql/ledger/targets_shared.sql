SELECT DISTINCT coalesce(j.identified_id, b.person_id)
FROM payout_target b LEFT JOIN joined_to j ON j.referrer_id = b.person_id
WHERE substr(b.iban, -6) = substr(?2, -6) AND b.iban = ?2
  AND coalesce(j.identified_id, b.person_id) <> coalesce((SELECT identified_id FROM joined_to WHERE referrer_id = ?1), ?1)
