UPDATE session SET click_id = ?2 WHERE digest = ?1
