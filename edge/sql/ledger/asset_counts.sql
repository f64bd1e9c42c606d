SELECT count(*), count(a.sum) FROM asset a LEFT JOIN asset_retired r ON r.asset_id = a.id WHERE r.retired_at IS NULL
