SELECT sold_amount, sales, leads FROM ranking ORDER BY sold_amount DESC, sales DESC, leads DESC LIMIT 1 OFFSET ?
