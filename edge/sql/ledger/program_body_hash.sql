SELECT body_hash FROM program
