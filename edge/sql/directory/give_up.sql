DELETE FROM name WHERE uid = ?1 AND version <= ?2 AND name NOT IN (SELECT value FROM json_each(?3))
