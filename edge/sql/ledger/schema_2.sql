-- Keeps the number of the step that comes between; the runtime wants a statement.
SELECT 1;
