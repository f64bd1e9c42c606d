SELECT day, clicks FROM share WHERE kind = 'all' AND day BETWEEN ? AND ? ORDER BY day
