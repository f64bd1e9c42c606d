UPDATE ranking_since SET day = ? WHERE one = 1
