SELECT coalesce(sum(f.weight), 0) FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id
WHERE f.conversion_id = ?1 AND f.id <> ?2 AND d.decision IS NULL
