SELECT coalesce(j.identified_id, r.person_id), r.id, (SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = r.id AND e.account = r.person_id) AS left_amount
FROM reward r LEFT JOIN joined_to j ON j.referrer_id = r.person_id
WHERE r.state = 'approved' AND r.perk IS NULL
  AND NOT EXISTS (SELECT 1 FROM payout_item i WHERE i.reward_id = r.id AND i.freed_at IS NULL)
ORDER BY r.person_id, r.seq
LIMIT ?
