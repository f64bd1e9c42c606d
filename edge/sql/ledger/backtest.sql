SELECT c.id, o.body
FROM conversion c JOIN observation o ON o.conversion_seq = c.seq
WHERE c.seq > (SELECT max(seq) FROM conversion) - ?
ORDER BY c.seq DESC
