SELECT s.seq, s.id, json_set(s.body, '$.group_id', m.group_id, '$.group', g.name)
FROM referrer_shown s
LEFT JOIN membership m ON m.seq = (SELECT max(n.seq) FROM membership n WHERE n.referrer_id = s.id)
LEFT JOIN referrer_group g ON g.id = m.group_id
WHERE s.seq IN (
  SELECT r.seq FROM referrer r INDEXED BY referrer_sharing
  WHERE (r.shared_at > 0) IS NULL AND r.seq < ?1 AND (?3 IS NULL OR r.id IN (
      SELECT n.id FROM referrer n WHERE n.id = ?3 OR n.code = lower(?3) OR n.external_id = ?3
      UNION SELECT f.referrer_id FROM further_code f WHERE f.code = lower(?3)
      UNION SELECT p.id FROM person p WHERE instr(lower(p.name), lower(?3)) > 0 OR instr(lower(p.email), lower(?3)) > 0
    ))
    AND (?4 IS NULL OR (SELECT m.group_id FROM membership m WHERE m.referrer_id = r.id ORDER BY m.seq DESC LIMIT 1) = ?4)
  ORDER BY r.seq DESC
  LIMIT ?2
)
ORDER BY s.seq DESC
