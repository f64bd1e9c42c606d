SELECT day FROM ranking_since WHERE one = 1
