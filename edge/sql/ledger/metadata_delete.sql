DELETE FROM metadata
WHERE conversion_id IN (SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?)))
