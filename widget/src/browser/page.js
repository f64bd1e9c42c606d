// A page for tests in a browser: what it shows, keeps, and was asked for. What it does not know it
// answers with an empty text.

/** `kept` is what an earlier visit left. */
export const page = (kept) => {
  const calls = []
  let shown = ''
  const known = {
    recall: () => kept,
    keep: (text) => { kept = text; return true },
    identified: () => false,
    trusted: () => false,
    base: () => 'https://go.example/r/0123456789abcdef/',
    show: (link) => { shown = link },
  }
  const page = new Proxy({ kept: () => kept, link: () => shown }, {
    get: (own, name) => own[name] ?? ((...given) => {
      if (!known[name]) calls.push([name, ...given].join(' ').trimEnd())
      return known[name]?.(...given) ?? ''
    }),
  })
  pages.set(page, calls)
  return page
}

const pages = new Map()

/** What was asked of the page since the last look, one call a line. */
export const called = (page) => pages.get(page).splice(0).join('\n')

/** The link it shows. */
export const link = (page) => page.link()

/** What the page keeps for later visits. */
export const kept = (page) => page.kept()

/** Runs something in a browser that has no randomness to give. */
export const withoutRandomness = (work) => {
  const draw = crypto.getRandomValues
  crypto.getRandomValues = () => { throw new Error('no randomness') }
  try { return work() } finally { crypto.getRandomValues = draw }
}
