INSERT INTO rollup (day, code, country, device, referring_host, channel, clicks)
SELECT day, code, country, device, referring_host, channel, count(*)
FROM click WHERE seq > (SELECT seq FROM rolled_up WHERE one = 1)
GROUP BY day, code, country, device, referring_host, channel
ON CONFLICT DO UPDATE SET clicks = clicks + excluded.clicks
