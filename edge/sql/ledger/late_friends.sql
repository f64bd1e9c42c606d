SELECT coalesce(sum(late), 0), count(*) FROM (
  SELECT occurred_at - unixepoch(attribution ->> 'clicked_at') * 1000 > ?2 AS late
  FROM (SELECT seq, attribution, occurred_at FROM credit WHERE referrer_id = ?1 ORDER BY seq DESC LIMIT 200)
  WHERE attribution ->> 'click_id' IS NOT NULL AND attribution ->> 'rule' <> 'bound_customer'
  LIMIT 49
)
