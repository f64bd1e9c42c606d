SELECT seq, id, body FROM lead_shown WHERE seq IN (
  SELECT c.seq FROM conversion c WHERE +c.kind = 'lead' AND c.seq > ? ORDER BY c.seq LIMIT ?
) ORDER BY seq
