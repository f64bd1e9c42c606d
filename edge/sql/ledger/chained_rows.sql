SELECT (SELECT coalesce(max(seq), 0) FROM entry), (SELECT count(*) FROM flag_decision) + (SELECT count(*) FROM dispute_decision)
