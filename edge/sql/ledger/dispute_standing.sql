SELECT d.referrer_id, e.decision FROM dispute d LEFT JOIN dispute_decision e ON e.dispute_id = d.id WHERE d.id = ?
