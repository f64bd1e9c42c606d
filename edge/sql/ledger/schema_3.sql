-- Holds its number in the order of steps.
SELECT 1;
