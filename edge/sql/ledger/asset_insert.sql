INSERT INTO asset (id, kind, title, body, locale, group_id, sum, media, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
