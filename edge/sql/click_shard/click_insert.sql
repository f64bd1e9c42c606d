INSERT OR IGNORE INTO click (id, clicked_at, code, channel, device, country, referring_host)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)
