SELECT shared_at IS NULL FROM referrer WHERE id = ?
