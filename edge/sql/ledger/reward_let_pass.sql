UPDATE reward SET approval = 'given' WHERE id = ?
