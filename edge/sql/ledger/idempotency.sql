SELECT body_hash, status, body FROM idempotency WHERE route = ? AND key = ?
