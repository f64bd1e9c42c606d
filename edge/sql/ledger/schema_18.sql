-- By what the operator has a program open: a session of theirs in the directory, or whom Cloudflare Access let in. None where
-- a key of the program was given. What the operator opened before names neither, and is over.
ALTER TABLE session ADD COLUMN opener TEXT CHECK (opener GLOB 'ses_*' OR opener GLOB 'acc_*');
CREATE TRIGGER session_opener_stays BEFORE UPDATE OF opener ON session
BEGIN SELECT RAISE(ABORT, 'a session stays'); END;
