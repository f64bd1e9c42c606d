INSERT INTO share (day, kind, name, clicks)
SELECT c.day, k.value, CASE k.value
    WHEN 'channel' THEN c.channel WHEN 'country' THEN c.country WHEN 'device' THEN c.device
    WHEN 'referring_host' THEN c.referring_host ELSE ''
  END AS name, count(*)
FROM click c, json_each('["all", "channel", "country", "device", "referring_host"]') k
WHERE c.seq > (SELECT seq FROM rolled_up WHERE one = 1)
GROUP BY c.day, k.value, name
ON CONFLICT DO UPDATE SET clicks = clicks + excluded.clicks
