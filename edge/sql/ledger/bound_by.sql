SELECT f.id, f.click_id FROM flag g JOIN friend_bound f ON f.id = g.friend_id
WHERE g.id = ?
  AND coalesce((SELECT identified_id FROM joined_to WHERE referrer_id = f.referrer_id), f.referrer_id)
    = coalesce((SELECT identified_id FROM joined_to WHERE referrer_id = g.referrer_id), g.referrer_id)
