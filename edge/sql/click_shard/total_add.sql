INSERT INTO total (code, clicks)
SELECT code, count(*) FROM click WHERE seq > (SELECT seq FROM rolled_up WHERE one = 1) GROUP BY code
ON CONFLICT DO UPDATE SET clicks = clicks + excluded.clicks
