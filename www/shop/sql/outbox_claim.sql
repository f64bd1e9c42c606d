-- Takes the oldest message that is due, ?1 = now, of customer ?2 or of anyone, and books its next attempt at
-- once: 4, 8, 16, 32, then every 60 seconds. Whoever sends it may die; the booking stands. Asked for one
-- customer, a message that was never tried is due at once. A customer's later messages wait for the earlier
-- ones, so that a lead arrives before its sale and a sale before its refund.
UPDATE outbox SET attempts = attempts + 1, due_at = ?1 + min(60, 4 << min(attempts, 5))
WHERE id = (
  SELECT o.id FROM outbox o
  WHERE o.status IS NULL AND (?2 IS NULL OR o.customer_id = ?2)
    AND (o.due_at <= ?1 OR (?2 IS NOT NULL AND o.attempts = 0))
    AND NOT EXISTS (
      SELECT 1 FROM outbox e WHERE e.customer_id = o.customer_id AND e.id < o.id AND e.status IS NULL)
  ORDER BY o.id LIMIT 1)
RETURNING id, idempotency_key, path, body
