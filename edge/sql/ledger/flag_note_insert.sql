INSERT INTO flag_note (flag_id, note, actor, created_at) VALUES (?, ?, ?, ?)
