SELECT t.body, coalesce(j.identified_id, c.referrer_id)
FROM trace t
JOIN conversion c ON c.id = t.conversion_id
LEFT JOIN joined_to j ON j.referrer_id = c.referrer_id
WHERE t.conversion_id = ?
