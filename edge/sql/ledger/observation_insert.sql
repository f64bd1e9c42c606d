INSERT INTO observation (conversion_seq, body) SELECT seq, ?2 FROM conversion WHERE id = ?1
