SELECT f.id, r.id, r.external_id, iif(x.seq IS NULL, f.code, x.code), iif(x.seq IS NULL, f.click_id, x.click_id), coalesce(x.clicked_at, f.clicked_at)
FROM friend f
LEFT JOIN reattribution x ON x.seq = (SELECT max(seq) FROM reattribution WHERE friend_id = f.id)
LEFT JOIN joined_to j ON j.referrer_id = coalesce(x.referrer_id, f.referrer_id)
LEFT JOIN referrer r ON r.id = coalesce(j.identified_id, x.referrer_id, f.referrer_id)
WHERE f.customer_id = ?
