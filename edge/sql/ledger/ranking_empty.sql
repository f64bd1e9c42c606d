DELETE FROM ranking
