SELECT s.body FROM flag f JOIN flag_shown s ON s.seq = f.seq WHERE f.conversion_id = ? ORDER BY f.seq
