SELECT (SELECT count(*) FROM portal_session WHERE referrer_id IN (SELECT value FROM json_each(?1)))
  + (SELECT count(*) FROM portal_link WHERE referrer_id IN (SELECT value FROM json_each(?1)))
