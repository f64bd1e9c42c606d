SELECT n.value, r.id, r.external_id, p.email
FROM json_each(?) n JOIN referrer r ON r.external_id = n.value LEFT JOIN person p ON p.id = r.id
