SELECT r.day, sum(r.clicks)
FROM json_each(?1) d CROSS JOIN json_each(?2) c CROSS JOIN rollup r ON r.day = d.value AND r.code = c.value
GROUP BY r.day
