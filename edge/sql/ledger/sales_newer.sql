SELECT seq, id, body FROM sale_shown WHERE seq IN (
  SELECT c.seq FROM conversion c WHERE +c.kind = 'sale' AND c.seq > ? ORDER BY c.seq LIMIT ?
) ORDER BY seq
