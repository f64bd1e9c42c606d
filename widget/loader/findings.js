// Shows the doctor's findings on the page, in a corner, beside whatever the page is. Made of elements
// and text nodes only, so neither a style policy nor Trusted Types minds, and no text becomes markup.

import css from 'styles/doctor.css'

const WORDS = { broken: 'Broken', attention: 'Look at this', ok: 'Fine' }
const MARKS = { broken: '×', attention: '!', ok: '✓' }

let host, root, cameFrom

/** An element with these properties and attributes, and these children. */
const make = (name, facts = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(facts)) {
    if (key in element) element[key] = value
    else element.setAttribute(key, value)
  }
  element.append(...children)
  return element
}

const close = () => {
  host.remove()
  cameFrom?.focus?.()
}

const furnish = () => {
  host = document.createElement('div')
  root = host.attachShadow({ mode: 'open' })
  const theme = window.goodword?.settings?.theme
  if (theme) host.dataset.theme = theme
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch { /* an old browser shows it plainly */ }
}

const line = ({ name, state, says, todo }) => make('li', { className: state },
  make('span', { className: 'mark', 'aria-hidden': 'true' }, MARKS[state]),
  make('div', {},
    make('h3', {}, name, make('span', { className: 'aloud' }, `: ${WORDS[state]}`)),
    make('p', {}, says),
    ...(todo ? [make('p', { className: 'todo' }, todo)] : [])))

const sum = (findings) => {
  const count = (state) => findings.filter((finding) => finding.state === state).length
  const parts = [[count('broken'), 'broken'], [count('attention'), 'to look at'], [count('ok'), 'fine']]
  return parts.filter(([number]) => number).map(([number, word]) => `${number} ${word}`).join(', ')
}

/** For a message to whoever can mend it. */
const plain = (findings) => [
  `Goodword ${VERSION} on ${location.origin}${location.pathname}: ${sum(findings)}`,
  ...findings.map(({ name, state, says, todo }) => `[${WORDS[state]}] ${name}: ${says}${todo ? ` → ${todo}` : ''}`),
].join('\n')

const copy = async (button, findings) => {
  const copied = await navigator.clipboard?.writeText(plain(findings)).then(() => true, () => false)
  button.textContent = copied ? 'Copied' : 'This page may not copy'
}

/** Opens the place for them, and answers how to fill it; `again` is what looking again is. */
export const open = (again) => {
  cameFrom = host?.isConnected ? cameFrom : document.activeElement
  host?.remove()
  furnish()
  const status = make('p', { className: 'sum', role: 'status' }, 'Looking …')
  const list = make('ul', { role: 'list', 'aria-label': 'Findings', tabIndex: 0 }) // to be scrolled by keyboard
  const tools = make('div', { className: 'tools' })
  const box = make('section', { role: 'dialog', 'aria-labelledby': 'name', tabIndex: -1 },
    make('header', {},
      make('h2', { id: 'name' }, 'Goodword, examined'),
      make('button', { type: 'button', className: 'close', 'aria-label': 'Close', onclick: close }, '×')),
    status, list, tools)
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation() // a dialog of the page's stays open
    close()
  })
  root.append(box)
  document.documentElement.append(host)
  box.focus({ preventScroll: true })

  return (findings) => {
    status.textContent = sum(findings)
    const worst = Object.keys(WORDS)
    list.append(...[...findings].sort((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state)).map(line))
    tools.append(
      make('button', { type: 'button', onclick: () => { again().catch(() => {}) } }, 'Look again'),
      make('button', { type: 'button', onclick: ({ target }) => copy(target, findings) }, 'Copy as text'))
  }
}
