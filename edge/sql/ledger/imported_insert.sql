INSERT INTO imported (sum, answer) VALUES (?, ?)
