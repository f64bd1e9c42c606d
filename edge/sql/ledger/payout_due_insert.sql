INSERT INTO payout_due (due_at, payout_id) VALUES (?, ?)
