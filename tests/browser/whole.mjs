// Imported before anything that opens a browser: Chromium with all that is around a page, not its shell, where a key begins
// no download.

const { GOODWORD_WHOLE_CHROMIUM: whole } = process.env
if (whole) process.env.GOODWORD_CHROMIUM = whole
