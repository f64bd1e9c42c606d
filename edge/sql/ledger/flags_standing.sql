SELECT f.id, f.conversion_id, f.referrer_id, f.friend_id, d.decision
FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id
WHERE f.id IN (SELECT value FROM json_each(?))
ORDER BY f.seq
