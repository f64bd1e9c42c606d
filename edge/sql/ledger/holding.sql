SELECT
  (SELECT json_group_array(json_array(f.rule, f.weight)) FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id
   WHERE f.conversion_id = ?1 AND d.flag_id IS NULL),
  (SELECT state FROM suspension
   WHERE referrer_id IN (SELECT ?2 UNION ALL SELECT j.referrer_id FROM joined_to j WHERE j.identified_id = ?2)
   ORDER BY seq DESC LIMIT 1)
