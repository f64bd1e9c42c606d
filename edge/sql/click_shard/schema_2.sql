-- Clicks of a day by one thing at a time, so that a report reads a few rows a day however many links there are. `kind` is
-- all, channel, country, device or referring_host; `name` is empty where it is not known, and for all.
CREATE TABLE share (
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (kind, day, name)
) STRICT, WITHOUT ROWID;
INSERT INTO share (day, kind, name, clicks) SELECT day, 'all', '', sum(clicks) FROM rollup GROUP BY day;
INSERT INTO share (day, kind, name, clicks) SELECT day, 'channel', channel, sum(clicks) FROM rollup GROUP BY day, channel;
INSERT INTO share (day, kind, name, clicks) SELECT day, 'country', country, sum(clicks) FROM rollup GROUP BY day, country;
INSERT INTO share (day, kind, name, clicks) SELECT day, 'device', device, sum(clicks) FROM rollup GROUP BY day, device;
INSERT INTO share (day, kind, name, clicks)
SELECT day, 'referring_host', referring_host, sum(clicks) FROM rollup GROUP BY day, referring_host;
