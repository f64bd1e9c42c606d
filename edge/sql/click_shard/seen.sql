SELECT hour, visitors FROM seen WHERE hour >= ? ORDER BY batch
