SELECT s.click_id, c.id, c.name, c.email, c.click_id
FROM session s LEFT JOIN customer c ON c.id = s.customer_id
WHERE s.digest = ?1 AND s.expires_at > ?2
