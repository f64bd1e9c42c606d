SELECT
  (SELECT count(*) FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM person WHERE id = value) OR EXISTS (SELECT 1 FROM payout_target WHERE person_id = value)),
  (SELECT count(*) FROM metadata WHERE conversion_id IN (SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM message WHERE dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1))))
    + (
      SELECT count(*) FROM dispute_message
      WHERE body <> '' AND dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1)))
    )
