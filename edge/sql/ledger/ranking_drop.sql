-- Those who have nothing any more, and all of them where ?1 is not null.
DELETE FROM ranking WHERE ?1 IS NOT NULL OR (leads = 0 AND sales = 0 AND sold_amount = 0 AND granted_amount = 0)
