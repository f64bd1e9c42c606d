INSERT OR IGNORE INTO click (id, code, day, channel, device, country, referring_host)
SELECT key, value, ?2, ?3, ?4, ?5, ?6 FROM json_each(?1)
