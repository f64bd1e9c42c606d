SELECT code FROM referrer WHERE code IN (SELECT value FROM json_each(?1))
UNION ALL
SELECT code FROM further_code WHERE code IN (SELECT value FROM json_each(?1))
