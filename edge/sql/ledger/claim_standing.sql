SELECT
  EXISTS (SELECT 1 FROM claim WHERE click_id = ?1)
    AND NOT EXISTS (SELECT 1 FROM touch WHERE friend_id = ?2 AND click_id = ?1),
  EXISTS (
    SELECT 1 FROM flag f JOIN flag_decision d ON d.flag_id = f.id
    WHERE f.friend_id = ?2 AND f.rule = 'browser_claim' AND d.decision = 'released'
  )
