INSERT INTO dispute_decision (dispute_id, decision, note, decided_at) VALUES (?, ?, ?, ?)
