INSERT INTO seen (hour, visitors) VALUES (?, ?)
