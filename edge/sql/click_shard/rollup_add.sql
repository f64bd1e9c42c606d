INSERT INTO rollup (day, code, country, device, referring_host, channel, clicks)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?) WHERE true
ON CONFLICT DO UPDATE SET clicks = clicks + excluded.clicks
