INSERT OR IGNORE INTO seen (hour, visitor, code)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
