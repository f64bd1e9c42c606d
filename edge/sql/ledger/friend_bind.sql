UPDATE friend SET referrer_id = ?, code = ?, click_id = ?, clicked_at = ? WHERE id = ? AND referrer_id IS NULL
