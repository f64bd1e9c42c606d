SELECT facts FROM name WHERE name = ? AND live = 1
