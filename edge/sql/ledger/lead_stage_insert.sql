INSERT INTO lead_stage (lead_id, friend_id, referrer_id, stage, reason, decided_by, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?)
