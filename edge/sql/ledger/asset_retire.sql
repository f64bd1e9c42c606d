INSERT INTO asset_retired (asset_id, retired_at) VALUES (?, ?)
