SELECT p.id, p.recipient, p.address, p.amount, p.placed_at,
       (SELECT coalesce(sum(r.amount), 0) FROM refund r WHERE r.purchase_id = p.id),
       (SELECT count(*) FROM refund r WHERE r.purchase_id = p.id)
FROM purchase p WHERE p.id = ?1 AND p.customer_id = ?2
