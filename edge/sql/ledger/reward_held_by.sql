SELECT reason FROM reward WHERE id = ? AND reason IS NOT NULL
