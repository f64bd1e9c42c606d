SELECT 1 FROM flag_note WHERE flag_id = ? AND note = ?
