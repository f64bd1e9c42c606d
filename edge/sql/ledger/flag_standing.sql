SELECT f.conversion_id, d.decision FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id WHERE f.id = ?
