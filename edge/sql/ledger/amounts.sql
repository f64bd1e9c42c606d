SELECT json_group_array(amount) FROM (
  SELECT amount FROM conversion NOT INDEXED
  WHERE seq > (SELECT max(seq) FROM conversion) - 200 AND kind = 'sale' AND currency = ?
  ORDER BY seq DESC
  LIMIT 50
)
