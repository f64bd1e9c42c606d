SELECT f.id, r.id, r.external_id, f.code, f.click_id, f.clicked_at, f.unbound
FROM friend_bound f
LEFT JOIN joined_to j ON j.referrer_id = f.referrer_id
LEFT JOIN referrer r ON r.id = coalesce(j.identified_id, f.referrer_id)
WHERE f.customer_id = ?
