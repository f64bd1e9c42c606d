SELECT t.version, t.body FROM group_terms g JOIN terms t ON t.version = g.version
WHERE g.group_id = (SELECT group_id FROM membership WHERE referrer_id = ?1 AND since_at <= ?2 ORDER BY seq DESC LIMIT 1)
  AND t.created_at <= ?2
ORDER BY g.version DESC LIMIT 1
