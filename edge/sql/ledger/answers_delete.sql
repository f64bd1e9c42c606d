DELETE FROM idempotency WHERE body NOT LIKE '{%'
