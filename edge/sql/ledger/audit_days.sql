SELECT
  (SELECT seq FROM audit WHERE at >= ?1 ORDER BY at, seq LIMIT 1),
  (SELECT seq FROM audit WHERE at < ?2 ORDER BY at DESC, seq DESC LIMIT 1)
