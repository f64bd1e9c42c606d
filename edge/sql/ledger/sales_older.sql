SELECT s.seq, s.id, s.body
FROM (SELECT c.seq FROM conversion c WHERE +c.kind = 'sale' AND c.seq < ? ORDER BY c.seq DESC LIMIT ?) n
CROSS JOIN sale_shown s ON s.seq = n.seq
ORDER BY n.seq DESC
