-- Kept free: this step is written beside this one. The runtime takes no text without a statement.
SELECT 1;
