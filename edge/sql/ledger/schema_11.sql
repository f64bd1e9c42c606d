-- A code that a merchant brought along from elsewhere has no secret in a browser. NOT NULL cannot be taken off in place.
CREATE TABLE further_code_2 (code TEXT PRIMARY KEY, referrer_id TEXT NOT NULL, proof_hash TEXT, added_at INTEGER NOT NULL) STRICT;
INSERT INTO further_code_2 (code, referrer_id, proof_hash, added_at) SELECT code, referrer_id, proof_hash, added_at FROM further_code;
DROP TABLE further_code;
CREATE TABLE further_code (
  code TEXT PRIMARY KEY,
  referrer_id TEXT NOT NULL,
  proof_hash TEXT UNIQUE,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO further_code (code, referrer_id, proof_hash, added_at) SELECT code, referrer_id, proof_hash, added_at FROM further_code_2;
DROP TABLE further_code_2;
CREATE INDEX further_code_of ON further_code (referrer_id);
CREATE TRIGGER further_code_stay BEFORE UPDATE ON further_code BEGIN SELECT RAISE(ABORT, 'codes are append-only'); END;
CREATE TRIGGER further_code_remain BEFORE DELETE ON further_code BEGIN SELECT RAISE(ABORT, 'codes are append-only'); END;
CREATE TRIGGER further_code_was_not AFTER INSERT ON further_code WHEN EXISTS (SELECT 1 FROM reading) BEGIN
  INSERT INTO was (source, key, body) VALUES ('further_code', NEW.code, NULL);
END;
-- Where a day begins in the audit log.
CREATE INDEX audit_on ON audit (at, seq);
-- Who opened a session.
CREATE INDEX audit_session ON audit (subject) WHERE action = 'session.opened';
