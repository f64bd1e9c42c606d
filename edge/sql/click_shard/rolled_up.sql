UPDATE rolled_up SET seq = (SELECT coalesce(max(seq), 0) FROM click) WHERE one = 1
