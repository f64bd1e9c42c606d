SELECT
  (SELECT count(*) FROM person WHERE id IN (SELECT value FROM json_each(?1))),
  (SELECT count(*) FROM metadata WHERE conversion_id IN (SELECT id FROM conversion WHERE friend_id IN (SELECT value FROM json_each(?1)))),
  (SELECT count(*) FROM message WHERE dispute_id IN (SELECT id FROM dispute WHERE referrer_id IN (SELECT value FROM json_each(?1))))
