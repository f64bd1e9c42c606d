INSERT INTO runner_up (referrer_id, conversion_seq, outcome) SELECT ?1, seq, ?2 FROM conversion WHERE id = ?3
