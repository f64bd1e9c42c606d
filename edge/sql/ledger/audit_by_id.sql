SELECT seq, body FROM audit_shown WHERE seq = CAST(substr(?1, 5) AS INTEGER) AND id = ?1
