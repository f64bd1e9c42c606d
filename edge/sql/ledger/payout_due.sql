SELECT payout_id FROM payout_due WHERE due_at = ?
