SELECT count(*) FROM dispute_message WHERE dispute_id = ?
