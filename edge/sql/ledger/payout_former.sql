SELECT coalesce(j.identified_id, l.person_id),
  sum(iif(l.state IN ('paid', 'returned'), (
    SELECT coalesce(sum((SELECT coalesce(sum(e.amount), 0) FROM entry e WHERE e.reward_id = i.reward_id AND e.account <> 'program') - i.amount), 0)
    FROM payout_item i WHERE i.line_id = l.id
  ), 0)),
  sum(iif(l.state = 'returned', l.amount, 0)),
  sum(iif(l.state <> 'failed', l.carried_amount, 0))
FROM payout_line l LEFT JOIN joined_to j ON j.referrer_id = l.person_id
GROUP BY 1
