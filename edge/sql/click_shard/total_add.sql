INSERT INTO total (code, clicks)
SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
ON CONFLICT DO UPDATE SET clicks = clicks + excluded.clicks
