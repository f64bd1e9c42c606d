INSERT INTO sighting (referrer_id, network, browser, person_id, day) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (referrer_id, network, browser, person_id) DO NOTHING
