SELECT id, friend_id
FROM (SELECT seq, id, friend_id, attribution FROM credit WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 200) c
WHERE c.attribution ->> 'click_id' = ?2
  AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND f.rule = 'own_browser')
