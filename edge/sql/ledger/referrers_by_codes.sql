SELECT code, id, external_id FROM referrer WHERE code IN (SELECT value FROM json_each(?))
