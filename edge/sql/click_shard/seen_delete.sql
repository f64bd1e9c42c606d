DELETE FROM seen WHERE hour < ?
