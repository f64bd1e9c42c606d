SELECT l.id, l.person_id, l.amount, l.carried_amount, l.state, l.note, coalesce(t.name, p.name), p.email, t.iban
FROM payout_line l LEFT JOIN person p ON p.id = l.person_id LEFT JOIN payout_target t ON t.person_id = l.person_id
WHERE l.payout_id = ? ORDER BY l.seq
