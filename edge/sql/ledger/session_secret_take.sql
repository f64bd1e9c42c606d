UPDATE session_secret SET taken_at = ? WHERE hash = ? AND taken_at IS NULL
