INSERT INTO sighting_salt (day, salt) VALUES (?, ?)
