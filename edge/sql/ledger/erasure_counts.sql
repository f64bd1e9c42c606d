SELECT
  (SELECT count(*) FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM person WHERE id = value) OR EXISTS (SELECT 1 FROM payout_target WHERE person_id = value)),
  (SELECT count(*) FROM metadata WHERE conversion_id IN (SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM message WHERE dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1))))
    + (
      SELECT count(*) FROM dispute_message
      WHERE body <> '' AND dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1)))
    ),
  (SELECT count(*) FROM observation WHERE conversion_seq IN (SELECT seq FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM flag_note WHERE flag_id IN (
    SELECT id FROM flag WHERE friend_id IN (SELECT value FROM json_each(?1))
    UNION SELECT id FROM flag WHERE referrer_id IN (SELECT value FROM json_each(?1))))
  + (SELECT count(*) FROM suspension_note WHERE suspension_id IN (SELECT id FROM suspension WHERE referrer_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM sighting WHERE person_id IN (SELECT value FROM json_each(?1)))
  + (SELECT count(*) FROM own_click WHERE referrer_id IN (SELECT value FROM json_each(?1)))
