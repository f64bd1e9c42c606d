WITH theirs (id) AS (
  SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1))
  UNION SELECT d.id FROM dispute d CROSS JOIN conversion c ON c.id = d.about WHERE c.friend_id IN (SELECT value FROM json_each(?1))
  UNION SELECT d.id FROM dispute d CROSS JOIN conversion c ON c.kind = 'sale' AND c.natural_key = d.about WHERE c.friend_id IN (SELECT value FROM json_each(?1))
  UNION SELECT dispute_id FROM reattribution WHERE lost_by IN (SELECT value FROM json_each(?1)) OR friend_id IN (SELECT value FROM json_each(?1))
)
SELECT
  (SELECT count(*) FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM person WHERE id = value) OR EXISTS (SELECT 1 FROM payout_target WHERE person_id = value)),
  (SELECT count(*) FROM metadata WHERE conversion_id IN (SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM message WHERE dispute_id IN (SELECT id FROM theirs))
    + (SELECT count(*) FROM dispute_message WHERE body <> '' AND dispute_id IN (SELECT id FROM theirs)),
  (SELECT count(*) FROM observation WHERE conversion_seq IN (SELECT seq FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM flag_note WHERE flag_id IN (
    SELECT id FROM flag WHERE friend_id IN (SELECT value FROM json_each(?1))
    UNION SELECT id FROM flag WHERE referrer_id IN (SELECT value FROM json_each(?1))))
  + (SELECT count(*) FROM suspension_note WHERE suspension_id IN (SELECT id FROM suspension WHERE referrer_id IN (SELECT value FROM json_each(?1))))
  + (SELECT count(*) FROM flag_decision WHERE note IS NOT NULL AND (note, decided_at) IN (
      SELECT d.note, d.decided_at FROM flag_decision d JOIN flag f ON f.id = d.flag_id
      WHERE f.friend_id IN (SELECT value FROM json_each(?1)) OR f.referrer_id IN (SELECT value FROM json_each(?1))
    ))
  + (SELECT count(*) FROM reward_decision WHERE note IS NOT NULL AND (note, decided_at) IN (
      SELECT d.note, d.decided_at FROM reward_decision d JOIN reward r ON r.id = d.reward_id
      WHERE r.conversion_id IN (
        SELECT conversion_id FROM reward WHERE person_id IN (SELECT value FROM json_each(?1)) UNION SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1))
      )
    ))
  + (SELECT count(*) FROM lead_stage WHERE reason <> '' AND decided_by = 'person' AND (reason, decided_at) IN (
      SELECT reason, decided_at FROM lead_stage WHERE friend_id IN (SELECT value FROM json_each(?1)) OR referrer_id IN (SELECT value FROM json_each(?1))
    ))
  + (SELECT count(*) FROM payout_line WHERE note IS NOT NULL AND (payout_id, note, decided_at) IN (
      SELECT payout_id, note, decided_at FROM payout_line WHERE person_id IN (SELECT value FROM json_each(?1))
    ))
  + (SELECT count(*) FROM dispute_decision WHERE note <> '' AND dispute_id IN (SELECT id FROM theirs))
  + (
    SELECT count(*) FROM dispute WHERE about <> id AND id IN (SELECT id FROM theirs)
      AND NOT EXISTS (SELECT 1 FROM conversion c WHERE c.id = dispute.about)
      AND NOT EXISTS (SELECT 1 FROM conversion c WHERE c.kind = 'sale' AND c.natural_key = dispute.about)
  ),
  (SELECT count(*) FROM sighting WHERE person_id IN (SELECT value FROM json_each(?1)))
  + (SELECT count(*) FROM own_click WHERE referrer_id IN (SELECT value FROM json_each(?1)))
