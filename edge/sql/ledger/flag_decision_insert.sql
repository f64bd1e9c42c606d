INSERT INTO flag_decision (flag_id, decision, note, decided_at) VALUES (?, ?, ?, ?)
