SELECT at, actor, action, subject, request_id FROM audit ORDER BY seq
