SELECT one.key FROM json_each(?) AS one
WHERE EXISTS (
  SELECT 1 FROM seen
  WHERE hour = one.value ->> 0 AND visitor = one.value ->> 1 AND code = one.value ->> 2
)
