SELECT group_id FROM membership WHERE referrer_id = ? ORDER BY seq DESC LIMIT 1
