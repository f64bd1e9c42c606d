SELECT l.seq, l.id, json_object(
  'id', l.id,
  'payout_id', l.payout_id,
  'person_id', l.person_id,
  'account_name', t.name,
  'iban', t.iban,
  'email', p.email,
  'amount', l.amount,
  'currency', b.currency,
  'carried_amount', l.carried_amount,
  'state', l.state,
  'note', l.note,
  'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', l.decided_at / 1000.0, 'unixepoch')
)
FROM payout b JOIN payout_line l ON l.payout_id = b.id
LEFT JOIN person p ON p.id = l.person_id LEFT JOIN payout_target t ON t.person_id = l.person_id
WHERE b.id = ?3 AND l.seq < ?1
ORDER BY l.seq DESC
LIMIT ?2
