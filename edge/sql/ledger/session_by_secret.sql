SELECT s.id, s.key_hash, s.opener, s.created_at, s.seen_at, o.taken_at, (
  SELECT min(n.taken_at) FROM session_secret n WHERE n.session_id = s.id AND n.made_at > o.made_at
), (
  SELECT max(n.made_at) FROM session_secret n WHERE n.session_id = s.id
)
FROM session_secret o JOIN session s ON s.id = o.session_id
WHERE o.hash = ? AND s.ended_at IS NULL
