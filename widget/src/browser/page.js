// A page for tests in a browser: real elements in a real document, and a list of what was asked of
// it. What it does not know it answers with an empty text.

/** `kept` is what an earlier visit left. */
export const page = (kept) => {
  const root = document.createElement('section')
  document.body.append(root)
  const calls = []
  const find = (selector) => {
    let element = root.querySelector(selector)
    if (!element) {
      const [, act] = selector.match(/^\[data-act=(\w+)\]$/) ?? []
      element = document.createElement(selector === '.link' ? 'input' : act ? 'a' : 'p')
      if (act) element.dataset.act = act
      else element.className = selector.slice(1)
      root.append(element)
    }
    return element
  }
  const known = {
    recall: () => kept,
    keep: (text) => { kept = text; return true },
    identified: () => false,
    trusted: () => false,
    base: () => 'https://go.example/r/0123456789abcdef/',
    write: (selector, text) => {
      const element = find(selector)
      element[element.matches('input') ? 'value' : 'textContent'] = text
    },
    mark: (selector, name, value) => {
      value === undefined ? find(selector).removeAttribute(name) : find(selector).setAttribute(name, value)
    },
  }
  const page = new Proxy({ root, kept: () => kept }, {
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

/** What stands in its link field. */
export const link = (page) => page.root.querySelector('.link').value

/** An attribute of the element for a channel. */
export const address = (page, channel) => page.root.querySelector(`[data-act=${channel}]`).getAttribute('href')

/** What the page keeps for later visits. */
export const kept = (page) => page.kept()

/** Runs something in a browser that has no randomness to give. */
export const withoutRandomness = (work) => {
  const draw = crypto.getRandomValues
  crypto.getRandomValues = () => { throw new Error('no randomness') }
  try { return work() } finally { crypto.getRandomValues = draw }
}
