SELECT name, iban FROM payout_target WHERE person_id = ?
