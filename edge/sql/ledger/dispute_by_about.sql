SELECT id FROM dispute WHERE referrer_id = ? AND about = ?
