INSERT INTO name (name, uid, live, version, facts) VALUES (?, ?, 0, ?, ?)
ON CONFLICT (name) DO UPDATE SET uid = excluded.uid, version = excluded.version, facts = excluded.facts
WHERE live = 0
