DELETE FROM picture WHERE sum = ? AND NOT EXISTS (
  SELECT 1 FROM asset a WHERE a.sum = picture.sum AND NOT EXISTS (SELECT 1 FROM asset_retired r WHERE r.asset_id = a.id)
)
