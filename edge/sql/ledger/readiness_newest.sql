SELECT r.point, r.done, r.note, r.amount, r.created_at FROM json_each(?) p
JOIN readiness r ON r.seq = (SELECT max(n.seq) FROM readiness n WHERE n.point = p.value)
