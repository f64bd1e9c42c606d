DELETE FROM salt WHERE day < ?
