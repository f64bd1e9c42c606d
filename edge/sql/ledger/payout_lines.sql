SELECT l.id, l.person_id, l.amount, l.carried_amount, l.state, l.note, coalesce(t.name, p.name), p.email, t.iban,
  -- Whether a flag holds a part of it, and whether a part of it was fraud.
  EXISTS (SELECT 1 FROM payout_item i JOIN reward r ON r.id = i.reward_id WHERE i.line_id = l.id AND i.freed_at IS NULL AND r.state = 'held'),
  EXISTS (SELECT 1 FROM payout_item i JOIN reward r ON r.id = i.reward_id WHERE i.line_id = l.id AND i.freed_at IS NULL AND r.state = 'voided' AND r.reason = 'fraud')
FROM payout_line l LEFT JOIN person p ON p.id = l.person_id LEFT JOIN payout_target t ON t.person_id = l.person_id
WHERE l.payout_id = ? ORDER BY l.seq
