SELECT id, clicked_at, code, channel, device, country, referring_host FROM click WHERE id > ? ORDER BY id LIMIT ?
