INSERT INTO payout_target (person_id, name, iban) VALUES (?1, ?2, ?3)
ON CONFLICT (person_id) DO UPDATE SET name = ?2, iban = ?3
