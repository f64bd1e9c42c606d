INSERT INTO widget_event (day, type, channel, count)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
ON CONFLICT DO UPDATE SET count = count + excluded.count
