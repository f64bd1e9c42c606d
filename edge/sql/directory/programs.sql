SELECT name, facts FROM name WHERE name > ? AND name < 'uid~' AND live = 1 ORDER BY name LIMIT ?
