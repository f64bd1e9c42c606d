SELECT EXISTS (
  SELECT 1 FROM lead_stage s JOIN conversion c ON c.id = s.lead_id WHERE s.friend_id = ?1 AND s.stage = 'qualified' AND c.seq <> ?2
    AND s.seq < coalesce((SELECT o.seq FROM lead_stage o JOIN conversion d ON d.id = o.lead_id WHERE d.seq = ?2 AND o.stage = 'qualified'), 9007199254740991)
)
