SELECT EXISTS (SELECT 1 FROM lead_stage WHERE friend_id = ? AND stage = 'qualified')
