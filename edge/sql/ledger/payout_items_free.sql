UPDATE payout_item SET freed_at = ?1 WHERE line_id IN (SELECT value FROM json_each(?2))
