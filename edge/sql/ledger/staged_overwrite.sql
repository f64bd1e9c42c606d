UPDATE staged SET body = printf('%.*c', length(CAST(body AS BLOB)), 'x') WHERE seq BETWEEN ? AND ?
