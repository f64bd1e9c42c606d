SELECT r.conversion_id, json_group_array(json_array(f.rule, f.weight))
FROM reward r
JOIN flag f ON f.conversion_id = r.conversion_id
LEFT JOIN flag_decision d ON d.flag_id = f.id
WHERE r.person_id = ? AND r.state = 'held' AND r.reason = 'suspended' AND d.flag_id IS NULL
GROUP BY r.id
