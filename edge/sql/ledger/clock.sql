SELECT ahead_ms FROM clock WHERE id = 1
