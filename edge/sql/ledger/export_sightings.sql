SELECT json_object('day', date(day * 86400, 'unixepoch'), 'network_hash', network, 'browser_hash', nullif(browser, ''))
FROM sighting WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY day, network, browser
