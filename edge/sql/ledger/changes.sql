SELECT (SELECT coalesce(max(seq), 0) FROM audit) + (SELECT coalesce(max(seq), 0) FROM outbox)
