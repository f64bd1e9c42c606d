SELECT f.rule, f.weight FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id
WHERE f.conversion_id = ?1 AND d.flag_id IS NULL AND f.id NOT IN (SELECT value FROM json_each(?2))
