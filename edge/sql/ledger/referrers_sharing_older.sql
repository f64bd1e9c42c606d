-- The third binding: 1 for those a link of whom is known to have left, null for those of whom none is.
SELECT s.seq, s.id, s.body FROM referrer_shown s
WHERE s.seq IN (SELECT r.seq FROM referrer r WHERE (r.shared_at > 0) IS ?3 AND r.seq < ?1 ORDER BY r.seq DESC LIMIT ?2)
ORDER BY s.seq DESC
