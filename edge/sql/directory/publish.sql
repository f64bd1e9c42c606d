INSERT INTO name (name, uid, live, version, facts) VALUES (?, ?, 1, ?, ?)
ON CONFLICT (name) DO UPDATE SET uid = excluded.uid, live = 1, version = excluded.version, facts = excluded.facts
WHERE live = 0 OR (uid = excluded.uid AND version <= excluded.version)
