SELECT a.id, a.kind, a.title, a.body, a.locale, a.group_id, a.sum, a.media, a.bytes, a.created_at, r.retired_at,
  EXISTS (SELECT 1 FROM picture p WHERE p.sum = a.sum)
FROM asset a LEFT JOIN asset_retired r ON r.asset_id = a.id WHERE r.retired_at IS NULL ORDER BY a.seq DESC
