SELECT people, amount FROM owed WHERE one = 1
