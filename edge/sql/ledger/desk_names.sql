SELECT n.value, r.code, coalesce(p.name, p.email, r.external_id)
FROM json_each(?) n LEFT JOIN referrer r ON r.id = n.value LEFT JOIN person p ON p.id = n.value
