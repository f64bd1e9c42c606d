-- A new secret at log-in, so that a session planted before it is worth nothing after it.
UPDATE session SET digest = ?2, customer_id = ?3, expires_at = ?4 WHERE digest = ?1
