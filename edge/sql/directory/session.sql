SELECT s.id, s.created_at, s.seen_at, o.taken_at, (
  SELECT min(n.taken_at) FROM operator_secret n WHERE n.session_id = s.id AND n.made_at > o.made_at
), (
  SELECT max(n.made_at) FROM operator_secret n WHERE n.session_id = s.id
)
FROM operator_secret o JOIN operator_session s ON s.id = o.session_id
WHERE o.hash = ? AND s.key_hash = ?
