SELECT salt FROM salt WHERE day = ?
