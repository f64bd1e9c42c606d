SELECT reader FROM import WHERE id = 1
