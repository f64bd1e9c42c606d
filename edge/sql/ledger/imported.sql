SELECT sum, answer FROM imported LIMIT 1
