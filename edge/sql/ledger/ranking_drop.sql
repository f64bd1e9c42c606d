DELETE FROM ranking WHERE leads = 0 AND sales = 0 AND sold_amount = 0 AND granted_amount = 0
