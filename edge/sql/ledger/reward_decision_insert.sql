INSERT INTO reward_decision (id, reward_id, decision, note, decided_at) VALUES (?, ?, ?, ?, ?)
