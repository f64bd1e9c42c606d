SELECT day, type, sum(count) FROM widget_event WHERE day BETWEEN ? AND ? GROUP BY day, type ORDER BY day
