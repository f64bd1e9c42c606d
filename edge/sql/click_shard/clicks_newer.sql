SELECT id, code, channel, device, country, referring_host FROM click WHERE id > ? ORDER BY id LIMIT ?
