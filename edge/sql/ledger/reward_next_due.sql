SELECT min(available_at) FROM reward WHERE state = 'pending' AND approval <> 'manual'
