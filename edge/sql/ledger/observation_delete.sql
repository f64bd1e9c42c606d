DELETE FROM observation
WHERE conversion_seq IN (SELECT seq FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?)))
