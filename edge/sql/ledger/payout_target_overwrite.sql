UPDATE payout_target SET name = printf('%.*c', length(CAST(name AS BLOB)), 'x'), iban = printf('%.*c', length(iban), 'x') WHERE person_id IN (SELECT value FROM json_each(?))
